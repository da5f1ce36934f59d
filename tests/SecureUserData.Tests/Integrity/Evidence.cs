using SecureUserData.AccessLog;
using SecureUserData.Embedded;

namespace SecureUserData.Tests.Integrity;

/// <summary>Verifying a log together with what was kept elsewhere.</summary>
internal static class Evidence
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    internal static async Task<LogVerified> CheckAsync(DataFolder folder, params string[] files)
    {
        await using var engine = await folder.OpenAsync();
        return await CheckAsync(engine, files);
    }

    internal static async Task<LogVerified> CheckAsync(EmbeddedEngine engine, string[] files)
    {
        var anchors = files.Select(File.OpenRead).ToList();
        try
        {
            return await engine.VerifyLogAsync(new LogEvidence { Anchors = anchors }, cancellation: Cancellation);
        }
        finally
        {
            foreach (var anchor in anchors) await anchor.DisposeAsync();
        }
    }

    internal static async Task<LogVerified> CheckAsync(DataFolder folder, LogEvidence evidence)
    {
        await using var engine = await folder.OpenAsync();
        return await engine.VerifyLogAsync(evidence, cancellation: Cancellation);
    }

    internal static Task AssertFoundAsync(DataFolder folder, string file, string place) =>
        AssertFoundAsync(() => CheckAsync(folder, file), place);

    internal static Task AssertFoundAsync(DataFolder folder, LogEvidence evidence, string place) =>
        AssertFoundAsync(() => CheckAsync(folder, evidence), place);

    internal static async Task AssertFoundAsync(Func<Task> check, string place)
    {
        var refusal = await Assert.ThrowsAsync<SecureUserDataException>(check);
        Assert.Equal(ErrorCode.Tampered, refusal.Code);
        Assert.Contains(place, refusal.Message, StringComparison.Ordinal);
    }
}
