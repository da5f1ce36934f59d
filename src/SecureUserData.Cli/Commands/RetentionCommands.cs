using System.CommandLine;
using SecureUserData.Cli.Console;

namespace SecureUserData.Cli.Commands;

/// <summary><c>sud retention</c>.</summary>
internal static class RetentionCommands
{
    internal static Command In(CommandLine cli) => CommandLine.Group(
        "retention",
        "How long an application's users' data is kept. What is over is erased daily while an engine runs.",
        "sud retention set --field email=365d --collection messages=90d --log 1095d",
        Show(cli),
        Set(cli),
        RunNow(cli));

    private static Command Show(CommandLine cli) => cli.Command(
        "show",
        "Shows the rules, and what the last run has erased, as the application.",
        "sud retention show --as city-clinic",
        [cli.As],
        async run =>
        {
            await using var folder = await run.OpenAsync();
            var session = await run.SignInAsync(folder, CallerKind.Application);
            Print(run, await session.Get(new RetentionId(session.App())).GetAsync());
        });

    private static Command Set(CommandLine cli)
    {
        var field = new Option<string[]>("--field")
        {
            Description = "A field and how long it is kept after it was last set; may be repeated.",
            HelpName = "NAME=DAYSd",
        };
        var collection = new Option<string[]>("--collection")
        {
            Description = "A collection and how long its records are kept after they were last put; may be repeated.",
            HelpName = "NAME=DAYSd",
        };
        var log = new Option<string?>("--log")
        {
            Description = "How long entries of the users' logs are kept.", HelpName = "DAYSd",
        };
        return cli.Command(
            "set",
            "Sets how long data is kept, as the application: what is named; the other rules stay. 'none' in the place "
            + "of a period takes a rule back. It is on record, and applies at once.",
            "sud retention set --field email=365d --collection messages=90d --log 1095d\n"
            + "sud retention set --collection messages=none",
            [field, collection, log, cli.As],
            async run =>
            {
                var (fields, collections) = (Fields.Parse(run.Get(field)), Fields.Parse(run.Get(collection)));
                if (fields.Count + collections.Count == 0 && run.Get(log) is null)
                    throw new UsageException("There is no rule: name a --field, a --collection or --log.");
                await using var folder = await run.OpenAsync();
                var session = await run.SignInAsync(folder, CallerKind.Application);
                var retention = session.Get(new RetentionId(session.App()));
                var rules = (await retention.GetAsync()).Rules;
                await session.Get(session.App()).SetRetentionAsync(new RetentionRules
                {
                    Fields = Changed(rules.Fields, fields),
                    Collections = Changed(rules.Collections, collections),
                    Log = run.Get(log) is { } period ? Period.Parse(period) : rules.Log,
                });
                Print(run, await retention.GetAsync());
            });
    }

    private static Command RunNow(CommandLine cli)
    {
        var dry = new Option<bool>("--dry-run") { Description = "Count what would be erased, and erase nothing." };
        return cli.Command(
            "run",
            "Erases now what is over, as the application.",
            "sud retention run --dry-run --as city-clinic",
            [dry, cli.As],
            async run =>
            {
                await using var folder = await run.OpenAsync();
                var session = await run.SignInAsync(folder, CallerKind.Application);
                var retention = session.Get(new RetentionId(session.App()));
                var isDry = run.Get(dry);
                using var progress = run.Out.Progress("looking at users", folder.Engine.GetStatus().Users);
                var users = new UsersLookedAt(progress);
                var counts = isDry
                    ? await retention.PreviewToEndAsync(users, run.Cancellation)
                    : (await retention.RunToEndAsync(users, run.Cancellation)).Last?.Counts ?? new RetentionCounts();
                progress.Dispose();
                run.Out.Show(
                    new { DryRun = isDry, Counts = counts },
                    () => run.Out.Details(Rows(counts, isDry ? "would be erased" : "erased")));
            });
    }

    private static void Print(Run run, RetentionReport report) => run.Out.Show(
        report,
        () =>
        {
            run.Out.Table(["What", "Kept for"],
            [
                .. Rules("field", report.Rules.Fields),
                .. Rules("record", report.Rules.Collections),
                .. report.Rules.Log is { } log ? [["log", Period.Text(log)]] : Array.Empty<string[]>(),
            ]);
            if (report.Current is { } current)
                run.Out.Details(
                    [("Under way since", Output.Time(current.Started)), .. Rows(current.Counts, "erased")]);
            else if (report.Last is { } last)
                run.Out.Details(
                [
                    ("Last run", Output.Time(last.Finished)),
                    .. Rows(last.Counts, "erased"),
                    ("Next run", report.Next is { } next ? Output.Time(next) : null),
                ]);
        });

    private static (string Name, string? Value)[] Rows(RetentionCounts counts, string what) =>
    [
        ("Users looked at", Output.Number(counts.Users)),
        ($"Fields {what}", Output.Number(counts.Fields)),
        ($"Earlier values {what}", Output.Number(counts.Versions)),
        ($"Records {what}", Output.Number(counts.Records)),
        ($"Log entries {what}", Output.Number(counts.LogEntries)),
        ("Failed", counts.Failed == 0 ? null : $"{Output.Number(counts.Failed)} users; the next run tries again"),
    ];

    private static IEnumerable<string[]> Rules(string what, IReadOnlyDictionary<string, TimeSpan> rules) => rules
        .OrderBy(rule => rule.Key, StringComparer.Ordinal)
        .Select(rule => (string[])[$"{what}/{rule.Key}", Period.Text(rule.Value)]);

    private static Dictionary<string, TimeSpan> Changed(
        IReadOnlyDictionary<string, TimeSpan> rules, Dictionary<string, string> changes)
    {
        var changed = new Dictionary<string, TimeSpan>(rules, StringComparer.Ordinal);
        foreach (var (name, text) in changes)
            if (Period.Parse(text) is { } period) changed[name] = period;
            else changed.Remove(name);
        return changed;
    }

    private sealed class UsersLookedAt(ProgressLine line) : IProgress<RetentionCounts>
    {
        public void Report(RetentionCounts value) => line.Report(value.Users);
    }
}
