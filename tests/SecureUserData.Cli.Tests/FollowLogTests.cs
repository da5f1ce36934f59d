using System.Text.Json;

namespace SecureUserData.Cli.Tests;

public sealed class FollowLogTests : IDisposable
{
    private readonly Shell _shell = new();

    [Fact]
    public async Task Entries_are_printed_as_they_come_until_it_is_interrupted()
    {
        await _shell.SetUpAsync();
        var ada = (await _shell.JsonAsync("log", "show", "--as", "ada")).GetProperty("entries");

        var all = await FollowAsync("--after", "0");

        Assert.Equal(0, all.Code);
        var lines = all.Out.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(ada.GetArrayLength(), lines.Length);
        Assert.Matches(@"^2031-04-05 06:07:08Z  usr_\w{26}  1  UserCreated  by app_\w{26}  field/email, ", lines[0]);
        Assert.Contains($"Go on with --after {lines.Length}.", all.Error);

        var rest = await FollowAsync("--after", "1", "--json");
        var events = JsonDocument.Parse(Assert.Single(rest.Out.Trim().Split('\n'))).RootElement;
        Assert.Equal($"{lines.Length}", events.GetProperty("cursor").GetString());
        Assert.Equal("credentialClaimed", events.GetProperty("items")[0].GetProperty("activity").GetString());
        Assert.Equal("", (await FollowAsync()).Out); // from now on there is nothing
    }

    [Fact]
    public async Task What_is_no_cursor_is_refused()
    {
        await _shell.SetUpAsync();
        var refused = await _shell.RunAsync("log", "follow", "--as", "ada", "--after", "x");
        Assert.Equal(1, refused.Code);
        Assert.Contains("not a cursor", refused.Problem);
    }

    /// <summary>Follows as ada for some waits.</summary>
    private async Task<Result> FollowAsync(params string[] options)
    {
        using var interruption = new CancellationTokenSource();
        var waits = 0;
        (_shell.Time, _shell.Interruption) = (
            new HurryingTime(_shell.Now)
            {
                Waiting = _ =>
                {
                    if (Interlocked.Increment(ref waits) == 20) interruption.Cancel();
                },
            },
            interruption.Token);
        var result = await _shell.RunAsync(["log", "follow", "--as", "ada", .. options]);
        (_shell.Time, _shell.Interruption) = (null, TestContext.Current.CancellationToken);
        return result;
    }

    public void Dispose() => _shell.Dispose();
}
