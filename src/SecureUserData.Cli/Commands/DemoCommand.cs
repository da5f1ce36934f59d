using System.CommandLine;
using System.Globalization;
using SecureUserData.Cli.Demo;

namespace SecureUserData.Cli.Commands;

/// <summary><c>sud demo</c>.</summary>
internal static class DemoCommand
{
    internal static Command In(CommandLine cli) => cli.Command(
        "demo",
        "Shows the life of a few invented people's data, step by step: each says what is expected and ends the "
        + "demonstration when something else happens. It runs in a temporary folder under a throwaway key and leaves "
        + "nothing behind.",
        "sud demo",
        [],
        DemoAsync);

    private static async Task DemoAsync(Run run)
    {
        var folder = Directory.CreateTempSubdirectory("sud-demo-").FullName; // for its owner only
        var steps = new DemoSteps(run.Out, run.Cancellation);
        var ended = false;
        try
        {
            await using var story = new DemoStory(Path.Combine(folder, "data"), steps);
            await story.TellAsync();
            ended = true;
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
            Show(run, steps.All, ended);
        }
    }

    private static void Show(Run run, IReadOnlyList<DemoStep> steps, bool ended)
    {
        var held = steps.Count(step => step.Ok);
        run.Out.Show(
            new { Ok = ended, Steps = steps },
            () =>
            {
                run.Out.Table(
                    ["No.", "Step", "Expected", "Held", "ms"],
                    steps.Select(IReadOnlyList<string?> (step, i) =>
                    [
                        (i + 1).ToString(CultureInfo.InvariantCulture), step.Step, step.Expected,
                        step.Ok ? "yes" : "NO",
                        step.Milliseconds.ToString(CultureInfo.InvariantCulture),
                    ]));
                run.Out.Line(ended
                    ? $"All {held} steps showed what was expected."
                    : $"It ended early: {held} steps showed what was expected.");
            });
    }
}
