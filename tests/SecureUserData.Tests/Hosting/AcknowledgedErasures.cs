using SecureUserData.Conformance;
using SecureUserData.Embedded;

namespace SecureUserData.Tests.Hosting;

/// <summary>Erasures that a killed process has begun or acknowledged.</summary>
internal sealed class AcknowledgedErasures
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    private readonly Dictionary<UserId, Credential> _claimed = [];
    private readonly HashSet<UserId> _begun = [];
    private readonly Dictionary<UserId, string> _erased = [];
    private readonly HashSet<UserId> _gone = [];

    internal AcknowledgedErasures(IEnumerable<string[]> said)
    {
        foreach (var words in said)
            switch (words)
            {
                case ["claimed", var user, var credential]:
                    _claimed[UserId.Parse(user)] = new Credential(credential);
                    break;
                case ["erasing", var user]:
                    _begun.Add(UserId.Parse(user));
                    break;
                case ["erased", var user, var certificate]:
                    _erased[UserId.Parse(user)] = certificate;
                    break;
            }
    }

    /// <summary>What was acknowledged has its certificate; what was begun is finished when its time has come, or was
    /// never begun on the disk; everybody else is as before.</summary>
    internal async Task AssertAllOrNothingAsync(EmbeddedEngine engine, KillFolder folder, FakeClock clock)
    {
        var shop = await engine.SignInAsync(folder.Shop);
        await WakeAllAsync(folder, clock);
        var key = await shop.Get(new InstallationId()).GetCertificateKeyAsync();
        foreach (var user in _begun)
        {
            var view = await shop.Get(new ErasureId(user)).GetAsync();
            var certificate = view?.Certificate;
            Assert.True(view is null || certificate is not null, $"the erasure of {user} stays half done");
            if (_erased.TryGetValue(user, out var acknowledged)) Assert.Equal(acknowledged, certificate);
            if (certificate is null) continue;
            _gone.Add(user);
            Assert.Equal(user.ToString(), ErasureCertificate.Verify(certificate, key).User);
            var put = await Assert.ThrowsAsync<SecureUserDataException>(
                () => shop.Get(user).PutRecordAsync("letters", RecordContent.Text("late")));
            Assert.Equal(ErrorCode.Erased, put.Code);
        }
        TestContext.Current.TestOutputHelper?.WriteLine(
            $"{_begun.Count} begun, {_erased.Count} acknowledged, {_gone.Count - _erased.Count} finished afterwards");
        foreach (var (user, credential) in _claimed.Where(user => !_gone.Contains(user.Key)))
            Assert.Equal(user, (await (await engine.SignInAsync(credential)).Get(user).GetAsync()).Id);
    }

    /// <summary>The closed database holds nothing of who is gone.</summary>
    internal void AssertNothingLeft(KillFolder folder)
    {
        foreach (var user in _gone)
        {
            Assert.Equal(0, folder.Data.Value<long>("SELECT count(*) FROM record WHERE user = $1", user.ToString()));
            Assert.Equal(
                0, folder.Data.Value<long>("SELECT count(*) FROM unique_key WHERE holder = $1", user.ToString()));
        }
    }

    /// <summary>Lets the engine do what is due.</summary>
    private static async Task WakeAllAsync(KillFolder folder, FakeClock clock)
    {
        var began = TimeProvider.System.GetTimestamp();
        while (folder.Data.Value<long>("SELECT count(*) FROM wakeup WHERE id LIKE 'erasure/%'") > 0)
        {
            Assert.True(TimeProvider.System.GetElapsedTime(began) < Patience, "A wake-up stays on the list.");
            clock.Advance(TimeSpan.FromSeconds(10));
            await Task.Yield();
        }
    }
}
