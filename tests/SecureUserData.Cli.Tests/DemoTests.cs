namespace SecureUserData.Cli.Tests;

public sealed class DemoTests : IDisposable
{
    private readonly Shell _shell = new();

    [Fact]
    public async Task It_ends_well_with_a_summary_and_touches_nothing_of_the_user()
    {
        var result = await _shell.DoAsync("demo");
        Assert.Contains("All 31 steps showed what was expected.", result.Out);
        Assert.Equal("", result.Error);
        Assert.Empty(Directory.GetFileSystemEntries(_shell.Home));
        Assert.Empty(Directory.GetFileSystemEntries(_shell.Here));
    }

    [Fact]
    public async Task As_json_it_is_json_only()
    {
        var demo = await _shell.JsonAsync("demo");
        Assert.True(demo.GetProperty("ok").GetBoolean());
        Assert.All(
            demo.GetProperty("steps").EnumerateArray(), step => Assert.True(step.GetProperty("ok").GetBoolean()));
    }

    [Fact]
    public async Task A_step_that_shows_something_else_ends_it()
    {
        var output = new Console.Output(new Surroundings
        {
            Variable = _ => null, CurrentFolder = _shell.Here, Home = _shell.Home,
            In = Stream.Null, Out = Stream.Null, Error = Stream.Null,
        });
        var steps = new Demo.DemoSteps(output, TestContext.Current.CancellationToken);
        var failure = await Assert.ThrowsAsync<CommandException>(() => steps.DoAsync("Refuse", "refused", () =>
            Demo.DemoSteps.RefusedAsync(ErrorCode.Denied, () => Task.CompletedTask)));
        Assert.Contains("it was not refused", failure.Message);
        Assert.False(Assert.Single(steps.All).Ok);
    }

    public void Dispose() => _shell.Dispose();
}
