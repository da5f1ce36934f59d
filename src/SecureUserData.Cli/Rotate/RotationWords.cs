using System.Globalization;
using SecureUserData.Cli.Console;

namespace SecureUserData.Cli.Rotate;

/// <summary>Rotations in words.</summary>
internal static class RotationWords
{
    internal static string Key(KeyKind key) => key switch
    {
        KeyKind.Master => "master key",
        KeyKind.Application => "application key",
        KeyKind.User => "users' keys",
        KeyKind.Index => "index key",
        KeyKind.Log => "log key",
        KeyKind.State => "state key",
    };

    /// <summary>Which versions it goes from and to; empty for the users' keys, which have versions of their own.
    /// </summary>
    internal static string Versions(RotationRun run) => run.Key == KeyKind.User
        ? ""
        : string.Create(CultureInfo.InvariantCulture, $"{run.From} to {run.To}");

    internal static string Reason(RotationReason reason) => reason switch
    {
        RotationReason.Asked => "asked for",
        RotationReason.Age => "due by age",
        RotationReason.Use => "due by use",
    };

    internal static string Phase(RotationRun run)
    {
        var phase = run.Phase switch
        {
            RotationPhase.Starting => "making the new version",
            RotationPhase.Moving => "moving",
            RotationPhase.Waiting => "waiting",
            RotationPhase.Scanning => "scanning for whoever is left",
            RotationPhase.Destroying => "destroying",
            RotationPhase.Finished => "finished",
            RotationPhase.Cancelled => "cancelled",
        };
        if (run.GoesOn is { } time)
            phase += $"{(run.Phase == RotationPhase.Waiting ? " until" : ", goes on at")} {Output.Time(time)}";
        return run.IsPaused ? $"{phase}, paused" : phase;
    }

    /// <summary>How many failed, and some of them.</summary>
    internal static string? Failed(RotationRun run)
    {
        if (run.Failed == 0) return null;
        var more = run.Failed > run.Failures.Count ? $" and {Output.Number(run.Failed - run.Failures.Count)} more" : "";
        return $"{Output.Number(run.Failed)}: {string.Join(", ", run.Failures)}{more}";
    }

    private static string Moved(RotationRun run)
    {
        var what = run.Key == KeyKind.Master ? "application" : "user";
        return $"{Output.Number(run.Moved)} {what}{(run.Moved == 1 ? "" : "s")}";
    }

    internal static IReadOnlyList<(string Name, string? Value)> Details(RotationRun run) =>
    [
        ("Rotation", run.Key == KeyKind.User ? Key(run.Key) : $"{Key(run.Key)}, version {Versions(run)}"),
        ("Started", $"{Output.Time(run.Started)}, {Reason(run.Reason)}, by {run.By}"),
        ("Phase", Phase(run)),
        ("Looked at", run.Ended is null && run.GoesOn is null && run.Total > 0
            ? $"{Output.Number(run.Done)} of {Output.Number(run.Total)}"
            : null),
        ("Moved", run.Key == KeyKind.Log ? null : Moved(run)),
        ("Failed", Failed(run)),
        ("Ended", run.Ended is { } ended ? Output.Time(ended) : null),
    ];

    /// <summary>What comes of it, or what comes next.</summary>
    internal static string Next(RotationRun run, string option)
    {
        if (run.Phase == RotationPhase.Finished) return Finished(run);
        if (run.Phase == RotationPhase.Cancelled)
            return run.Key == KeyKind.Master
                ? "What is not moved stays under the key that it was under; the next run moves it."
                : "The new version stays in use and the old one readable; the next run moves what is left.";
        if (run.IsPaused) return $"It rests until 'sud rotate resume{option}'.";
        if (run.GoesOn is not { } time) return $"It goes on while an engine runs, or with 'sud rotate resume{option}'.";
        if (run.IsProcessMissing)
            return $"A process could not be told of the keys. It is asked again at {Output.Time(time)}, and nothing is "
                + "done before: start the process again, or let the others see that it is gone.";
        return $"{Later(run, Output.Time(time))} It goes on by itself while an engine runs; without one, run 'sud "
            + "rotate resume' then, or stay with 'sud rotate status --watch'.";
    }

    private static string Finished(RotationRun run) => run.Key switch
    {
        KeyKind.Master => run.Failed == 0
            ? $"Everything is under version {run.To}."
            : $"The rest is under version {run.To}: see to what failed, and rotate the master key again.",
        KeyKind.User => run.Failed == 0
            ? "Every user has a new key, and the old ones are destroyed."
            : "Everybody else has a new key, and the old ones are destroyed: see to those who failed.",
        KeyKind.Log =>
            $"New entries are made with version {run.To}. Version {run.From} stays: earlier entries are verified with "
            + "it.",
        KeyKind.Index =>
            $"Users are looked up by version {run.To}. Older ones and all that they have left are destroyed.",
        KeyKind.Application or KeyKind.State =>
            $"Everything is under version {run.To}. Older ones are destroyed.",
    };

    private static string Later(RotationRun run, string time) => (run.Phase, run.Key) switch
    {
        (RotationPhase.Waiting, KeyKind.User) =>
            $"From {time} on it looks for what is left under the old keys, and destroys them.",
        (RotationPhase.Waiting, KeyKind.Index) =>
            $"It goes on at {time}: users are looked up by version {run.To} when everybody has it, then version "
            + $"{run.From} is destroyed, and then what it has left is removed; before each it waits as long.",
        (RotationPhase.Waiting, _) =>
            $"From {time} on it looks for what is left under version {run.From}, and destroys it.",
        _ => $"It tries again at {time} to move who is left; until then nothing that they need is destroyed.",
    };
}
