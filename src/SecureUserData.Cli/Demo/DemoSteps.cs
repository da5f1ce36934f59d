using System.Diagnostics;
using SecureUserData.Cli.Console;

namespace SecureUserData.Cli.Demo;

/// <summary>One step of the demonstration.</summary>
/// <param name="Step">What was done.</param>
/// <param name="Expected">What was to be seen.</param>
/// <param name="Seen">What was seen.</param>
/// <param name="Ok">Whether it was that.</param>
/// <param name="Milliseconds">How long it took.</param>
internal sealed record DemoStep(string Step, string Expected, string Seen, bool Ok, long Milliseconds);

/// <summary>Says what is expected, does it, and stops at the first thing that is otherwise.</summary>
internal sealed class DemoSteps(Output output, CancellationToken cancellation)
{
    private readonly List<DemoStep> _steps = [];

    internal IReadOnlyList<DemoStep> All => _steps;

    /// <param name="step">What is done.</param>
    /// <param name="expected">What is to be seen.</param>
    /// <param name="act">Does it, and says what was seen; throws when it is otherwise.</param>
    internal async Task DoAsync(string step, string expected, Func<Task<string>> act)
    {
        cancellation.ThrowIfCancellationRequested();
        Tell($"{_steps.Count + 1,2}. {step}");
        Tell($"    expected: {expected}");
        var watch = Stopwatch.StartNew();
        try
        {
            var seen = await act();
            Tell($"    seen:     {seen}");
            _steps.Add(new DemoStep(step, expected, seen, true, watch.ElapsedMilliseconds));
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            var seen = e is SecureUserDataException or CommandException ? e.Message : e.GetType().Name;
            _steps.Add(new DemoStep(step, expected, seen, false, watch.ElapsedMilliseconds));
            throw new CommandException($"Step {_steps.Count} ({step}) did not show what was expected: {seen}");
        }
    }

    /// <exception cref="CommandException">It does not hold.</exception>
    internal static void Check(bool holds, string otherwise)
    {
        if (!holds) throw new CommandException(otherwise);
    }

    /// <summary>What a refusal says.</summary>
    /// <exception cref="CommandException">It is not refused, or for another reason.</exception>
    internal static async Task<string> RefusedAsync(ErrorCode code, Func<Task> act)
    {
        try
        {
            await act();
        }
        catch (SecureUserDataException e)
        {
            Check(e.Code == code, $"refused as {e.Code} and not as {code}: {e.Message}");
            return $"{e.Code}: {e.Message}";
        }
        throw new CommandException("it was not refused");
    }

    private void Tell(string line)
    {
        if (!output.IsJson) output.Line(line);
    }
}
