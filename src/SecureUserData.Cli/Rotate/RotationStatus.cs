using System.Globalization;
using SecureUserData.Cli.Commands;
using SecureUserData.Cli.Console;
using SecureUserData.Cli.Keys;

namespace SecureUserData.Cli.Rotate;

/// <summary>Prints how rotations stand.</summary>
internal static class RotationStatus
{
    /// <summary>The run under way, or the one that has just ended.</summary>
    internal static void ShowRun(Run run, Standing standing, string option, MasterKey key)
    {
        var rotation = standing.Current ?? standing.Past[0];
        run.Out.Show(
            standing.Report is MasterRotationReport master
                ? new { Run = rotation, master.Removable }
                : new { Run = rotation },
            () =>
            {
                run.Out.Details(RotationWords.Details(rotation));
                run.Out.Line(RotationWords.Next(rotation, option));
                if (standing.Report is MasterRotationReport report) ShowRemovable(run, report, key);
            });
    }

    internal static void ShowAll(Run run, Standing standing, string option, MasterKey key)
    {
        if (standing.Report is RotationReport report) Show(run, report, option);
        else Show(run, (MasterRotationReport)standing.Report, option, key);
    }

    internal static void ShowHistory(Run run, IReadOnlyList<RotationRun> past) => run.Out.Show(
        new { Runs = past },
        () => run.Out.Table(
            ["Key", "Versions", "Started", "Why", "By", "Ended", "Came to", "Moved", "Failed"],
            past.Select(IReadOnlyList<string?> (rotation) =>
            [
                RotationWords.Key(rotation.Key), RotationWords.Versions(rotation), Output.Time(rotation.Started),
                RotationWords.Reason(rotation.Reason), rotation.By, Output.Time(rotation.Ended),
                RotationWords.Phase(rotation), Output.Number(rotation.Moved), RotationWords.Failed(rotation),
            ])));

    internal static void ShowSchedule(Run run, RotationSchedule schedule) => run.Out.Show(
        schedule, () => run.Out.Details(Rows(schedule)));

    private static void Show(Run run, RotationReport report, string option) => run.Out.Show(
        new { report.Current, Last = Last(report.Past), report.Keys, report.Schedule },
        () =>
        {
            var now = run.Around.Time.GetUtcNow();
            run.Out.Table(
                ["Key", "Version", "Made", "Age"],
                report.Keys.Select(IReadOnlyList<string?> (key) =>
                [
                    RotationWords.Key(key.Kind), key.Version.ToString(CultureInfo.InvariantCulture),
                    Output.Time(key.MadeAt), Period.Text(now - key.MadeAt),
                ]));
            ShowRuns(run, report.Current, Last(report.Past), option);
            run.Out.Details(Rows(report.Schedule));
        });

    private static void Show(Run run, MasterRotationReport report, string option, MasterKey key) => run.Out.Show(
        new { MasterKey = key.Source, report.Ring, report.Removable, report.Current, Last = Last(report.Past) },
        () =>
        {
            run.Out.Details(("Master key", key.Source), ("Versions", Names(report.Ring)));
            ShowRuns(run, report.Current, Last(report.Past), option);
            ShowRemovable(run, report, key);
        });

    private static void ShowRuns(Run run, RotationRun? current, RotationRun? last, string option)
    {
        if (current is null)
            run.Out.Line(last is null ? "No rotation is under way." : "No rotation is under way. The last one:");
        if ((current ?? last) is not { } rotation) return;
        run.Out.Details(RotationWords.Details(rotation));
        run.Out.Line(RotationWords.Next(rotation, option));
    }

    private static void ShowRemovable(Run run, MasterRotationReport report, MasterKey key)
    {
        if (report.Removable.Count == 0) return;
        var how = key.File is null
            ? $"remove it from {key.Source}"
            : $"'sud rotate master --drop-old' removes it from {key.File}";
        run.Out.Line(
            $"Version {Names(report.Removable)} may leave the ring: {how}. Backups made before need it still.");
    }

    private static RotationRun? Last(IReadOnlyList<RotationRun> past) => past.Count > 0 ? past[0] : null;

    private static string Names(IEnumerable<int> versions) => string.Join(", ", versions);

    private static (string Name, string? Value)[] Rows(RotationSchedule schedule) =>
    [
        ("Application key", Age(schedule.ApplicationKey)),
        ("Users' keys", Age(schedule.UserKeys)),
    ];

    private static string Age(TimeSpan? age) =>
        age is { } period ? $"rotated at the age of {Period.Text(period)}" : "not rotated by age";
}
