using SecureUserData.Conformance;
using SecureUserData.Applications;
using SecureUserData.Cryptography;
using SecureUserData.Tests.Integrity;

namespace SecureUserData.Tests.Hosting;

public sealed class KeyringTests
{
    private static readonly AppId App = AppId.New();
    private readonly FakeClock _clock = new();
    private readonly MasterKeyRing _masters = MasterKeyRing.Parse(DataFolder.Masters);

    [Fact]
    public async Task Keys_leave_within_five_minutes_and_are_zeroed()
    {
        using var keyring = new Keyring(_masters, _clock);
        var wrapped = WrappedKeys.Make(App, new ApplicationSettings("shop"), _masters);
        var buffers = Buffers(await RentAndReturnAsync(keyring, wrapped));
        _clock.Advance(TimeSpan.FromMinutes(4));
        Assert.Same(buffers[0], Buffers(await RentAndReturnAsync(keyring, wrapped))[0]); // asking does not prolong it
        Assert.All(buffers, buffer => Assert.Contains(buffer, b => b != 0));
        _clock.Advance(TimeSpan.FromMinutes(1));
        Assert.All(buffers, buffer => Assert.DoesNotContain(buffer, b => b != 0));
        var again = Buffers(await RentAndReturnAsync(keyring, wrapped));
        Assert.NotSame(buffers[0], again[0]);
        Assert.All(again, buffer => Assert.Contains(buffer, b => b != 0));
    }

    [Fact]
    public async Task Keys_that_came_between_two_sweeps_do_not_stay_longer()
    {
        using var keyring = new Keyring(_masters, _clock);
        _clock.Advance(TimeSpan.FromSeconds(7));
        var wrapped = WrappedKeys.Make(App, new ApplicationSettings("shop"), _masters);
        var buffers = Buffers(await RentAndReturnAsync(keyring, wrapped));
        _clock.Advance(Keyring.Lifetime);
        Assert.All(buffers, buffer => Assert.DoesNotContain(buffer, b => b != 0));
    }

    [Fact]
    public async Task Keys_in_use_are_zeroed_only_when_the_last_one_is_done_with_them()
    {
        using var keyring = new Keyring(_masters, _clock);
        var wrapped = WrappedKeys.Make(App, new ApplicationSettings("shop"), _masters);
        var one = await keyring.RentAsync(App, wrapped);
        var other = await keyring.RentAsync(App, wrapped);
        var buffers = Buffers(one.Keys);
        _clock.Advance(TimeSpan.FromMinutes(10));
        keyring.Dispose();
        one.Dispose();
        Assert.All(buffers, buffer => Assert.Contains(buffer, b => b != 0));
        other.Dispose();
        Assert.All(buffers, buffer => Assert.DoesNotContain(buffer, b => b != 0));
    }

    [Fact]
    public async Task Keys_are_zeroed_when_the_keyring_is_disposed()
    {
        var keyring = new Keyring(_masters, _clock);
        var buffers = Buffers(await RentAndReturnAsync(
            keyring, WrappedKeys.Make(App, new ApplicationSettings("shop"), _masters)));
        keyring.Dispose();
        Assert.All(buffers, buffer => Assert.DoesNotContain(buffer, b => b != 0));
    }

    private static async Task<ApplicationKeys> RentAndReturnAsync(Keyring keyring, WrappedKeys wrapped)
    {
        using var lease = await keyring.RentAsync(App, wrapped);
        return lease.Keys;
    }

    private static byte[][] Buffers(ApplicationKeys keys) =>
        [keys.Key.Current.Buffer, keys.Index.Current.Buffer, keys.Log.Current.Buffer, keys.State.Current.Buffer];
}
