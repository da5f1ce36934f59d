using SecureUserData.Embedded;

namespace SecureUserData.Tests.Hosting;

/// <summary>An I/O error: a process whose files may not grow beyond a limit. Every call gets one answer, the engine
/// ends well, and what was acknowledged is there.</summary>
public sealed class FileLimitTests
{
    private const int RecordLength = 100_000;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(0, 3_000, 30)] // the log reaches the limit
    [InlineData(330, 30_000, 180)] // the file itself does, when the log is folded in, long before the log would
    public async Task An_error_of_the_disk_closes_the_engine_and_a_new_one_has_all_that_was_acknowledged(
        int before, int kilobytes, int most)
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "limits are others there");
        using var folder = await ChildFolder.MakeAsync();
        var (user, credential) = await FillAsync(folder, before);
        var variables = folder.Variables();
        variables["SUD_TEST_USER"] = user.ToString();
        variables["DOTNET_EnableWriteXorExecute"] = "0"; // needs a large file in memory
        var (acknowledged, rest) = (new List<RecordId>(), new List<string>());
        using (var child = new ChildTest(
            (typeof(FileLimitTests), nameof(Put_until_it_fails)), variables, $"trap '' XFSZ; ulimit -f {kilobytes}"))
            await foreach (var line in child.LinesAsync(Cancellation))
                if (line.Split(' ') is ["put", var record]) acknowledged.Add(RecordId.Parse(record));
                else rest.Add(line);
        TestContext.Current.TestOutputHelper?.WriteLine(
            $"{acknowledged.Count} acknowledged; {string.Join('\n', rest)}");
        Assert.InRange(acknowledged.Count, 1, most);
        Assert.Equal(6, rest.Count); // four that wrote at the same time, one afterwards, and the end
        Assert.All(rest[..5], line => Assert.StartsWith("Unavailable", line, StringComparison.Ordinal));
        Assert.All(rest[..5], line => Assert.Contains("check the disk, its room", line, StringComparison.Ordinal));
        Assert.Equal("closed", rest[5]);

        await using var engine = await folder.Data.OpenAsync();
        await engine.VerifyLogAsync(null, Cancellation);
        var own = (await engine.SignInAsync(credential)).Get(user);
        foreach (var record in acknowledged)
            Assert.Equal(RecordLength, (await own.GetRecordAsync("letters", record)).Content.AsText().Length);
        await PutAsync(engine, folder, user);
    }

    /// <summary>What the process with the limit does.</summary>
    [Fact(Explicit = true)]
    public async Task Put_until_it_fails()
    {
        if (ChildFolder.OfChild() is not { } folder) return; // only the test above gives it one
        var user = UserId.Parse(ChildTest.Variable("SUD_TEST_USER"));
        await using (var engine = await folder.Data.OpenAsync())
        {
            await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => SayFailureAsync(async () =>
            {
                while (true) ChildTest.Say($"put {await PutAsync(engine, folder, user)}");
            })));
            await SayFailureAsync(() => PutAsync(engine, folder, user));
        }
        ChildTest.Say("closed");
    }

    private static async Task SayFailureAsync(Func<Task> call)
    {
        try
        {
            await call();
        }
        catch (SecureUserDataException e)
        {
            ChildTest.Say($"{e.Code} {e.Message}");
        }
    }

    private static async Task<(UserId, Credential)> FillAsync(ChildFolder folder, int records)
    {
        await using var engine = await folder.Data.OpenAsync();
        var created = await (await engine.SignInAsync(folder.Shop))
            .CreateUserAsync(new Dictionary<string, string> { ["name"] = "ada" });
        for (var i = 0; i < records; i++) await PutAsync(engine, folder, created.Id);
        return (created.Id, await engine.ClaimAsync(created.ClaimCode));
    }

    private static async Task<RecordId> PutAsync(EmbeddedEngine engine, ChildFolder folder, UserId user) =>
        await (await engine.SignInAsync(folder.Shop)).Get(user)
            .PutRecordAsync("letters", RecordContent.Text(new string('x', RecordLength)));
}
