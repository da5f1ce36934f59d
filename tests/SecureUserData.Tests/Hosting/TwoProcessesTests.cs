using SecureUserData.Cryptography;
using SecureUserData.Embedded;
using SecureUserData.Tests.Integrity;

namespace SecureUserData.Tests.Hosting;

/// <summary>Two processes on one folder: the second is refused, as long as the first one lives.</summary>
public sealed class TwoProcessesTests
{
    [Fact]
    public async Task The_second_process_is_refused_until_the_first_has_ended_even_if_it_was_killed()
    {
        using var folder = await ChildFolder.MakeAsync();
        using var link = new DataFolder();
        var linked = Path.Combine(link.Path, "linked");
        Directory.CreateSymbolicLink(linked, folder.Data.Path);
        using (var first = new ChildTest((typeof(TwoProcessesTests), nameof(Hold_until_killed)), folder.Variables()))
        {
            await foreach (var line in first.LinesAsync(TestContext.Current.CancellationToken))
            {
                Assert.Equal("open", line);
                var before = File.ReadAllBytes(folder.Data.Log);
                await AssertRefusedAsync(() => folder.Data.OpenAsync());
                await AssertRefusedAsync(() => OpenAsync(linked));
                await AssertRefusedAsync(() => EmbeddedEngine.CreateAsync(linked, Masters()));
                Assert.Equal(before, File.ReadAllBytes(folder.Data.Log));
                RefusedFolder.AssertNothingHeld(folder.Data);
                first.Kill();
            }
        }
        await using (await OpenAsync(linked)) await AssertRefusedAsync(() => folder.Data.OpenAsync());
        await using var engine = await folder.Data.OpenAsync();
        await engine.VerifyLogAsync(null, TestContext.Current.CancellationToken);
    }

    /// <summary>What the first process does.</summary>
    [Fact(Explicit = true)]
    public async Task Hold_until_killed()
    {
        if (ChildFolder.OfChild() is not { } folder) return; // only the test above gives it one
        await using var engine = await folder.Data.OpenAsync();
        ChildTest.Say("open");
        await new TaskCompletionSource().Task;
    }

    private static async Task AssertRefusedAsync(Func<Task> call)
    {
        var refusal = await Assert.ThrowsAsync<SecureUserDataException>(call);
        Assert.Equal(ErrorCode.Unavailable, refusal.Code);
        Assert.Contains("another process has it open. End that process", refusal.Message, StringComparison.Ordinal);
    }

    private static MasterKeyRing Masters() => MasterKeyRing.Parse(DataFolder.Masters);

    private static Task<EmbeddedEngine> OpenAsync(string path) => EmbeddedEngine.OpenAsync(path, Masters());
}
