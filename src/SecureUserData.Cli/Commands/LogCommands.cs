using System.CommandLine;
using System.Globalization;
using SecureUserData.Cli.Console;

namespace SecureUserData.Cli.Commands;

/// <summary><c>sud log</c>.</summary>
internal static class LogCommands
{
    internal static Command In(CommandLine cli) => CommandLine.Group(
        "log", "The access log: what is not in it was not read.", "sud log verify",
        Show(cli),
        FollowLogCommand.In(cli),
        VerifyLogCommand.In(cli),
        AnchorCommands.Write(cli),
        AnchorCommands.Check(cli));

    private static Command Show(CommandLine cli)
    {
        var accesses = new Option<bool>("--accesses")
        {
            Description = "As an application: every reading and refused reading of its users' data.",
        };
        var lookUps = new Option<bool>("--look-ups")
        {
            Description = "As an application: every look-up of its users.",
        };
        var after = new Option<string?>("--after")
        {
            Description = "Go on after this entry, as the answer before said.", HelpName = "N",
        };
        var limit = new Option<string?>("--limit")
        {
            Description = "At most so many entries; 100 unless named.", HelpName = "N",
        };
        return cli.Command(
            "show",
            "Shows the own chain of the access log, oldest first, as a user, an application or an operator.",
            "sud log show --as ada\nsud log show --accesses --as city-clinic --limit 1000",
            [accesses, lookUps, after, limit, cli.As],
            async run =>
            {
                if (run.Get(accesses) && run.Get(lookUps))
                    throw new UsageException("Ask for one of the two: either --accesses or --look-ups.");
                var start = Number(run.Get(after) ?? "0", "--after", 0, long.MaxValue - 1);
                var most = (int)Number(run.Get(limit) ?? "100", "--limit", 1, 1_000_000);
                await using var folder = await run.OpenAsync();
                var isReport = run.Get(accesses) || run.Get(lookUps);
                var session = await (isReport
                    ? run.SignInAsync(folder, CallerKind.Application)
                    : run.SignInAsync(folder, CallerKind.User, CallerKind.Application, CallerKind.Operator));
                var (entries, next) = isReport
                    ? await ReadReportAsync(run, folder, Report(session, run.Get(lookUps)), start, most)
                    : await ReadOwnAsync(run, session, start, most);
                Print(run, entries, next);
            });
    }

    /// <summary>What is gathered over all chains for an application.</summary>
    private static Func<string?, int, Task<Page<AccessLogEntry>>> Report(ISession session, bool ofLookUps)
    {
        var app = session.Get(session.App());
        return ofLookUps ? app.ListLookUpsAsync : (cursor, limit) => app.ListAccessesAsync(null, cursor, limit);
    }

    private static async Task<(List<AccessLogEntry> Entries, long? Next)> ReadReportAsync(
        Run run, OpenFolder folder, Func<string?, int, Task<Page<AccessLogEntry>>> read, long start, int most)
    {
        using var progress = run.Out.Progress("searching the log", folder.Engine.GetStatus().LogEntries);
        var entries = new List<AccessLogEntry>();
        var cursor = start == 0 ? null : start.ToString(CultureInfo.InvariantCulture);
        do
        {
            run.Cancellation.ThrowIfCancellationRequested();
            var page = await read(cursor, Math.Min(Limits.PageItems, most - entries.Count));
            entries.AddRange(page.Items);
            cursor = page.Next;
            if (cursor is not null) progress.Report(long.Parse(cursor, CultureInfo.InvariantCulture));
        }
        while (cursor is not null && entries.Count < most);
        return (entries, cursor is null ? null : long.Parse(cursor, CultureInfo.InvariantCulture));
    }

    private static async Task<(List<AccessLogEntry> Entries, long? Next)> ReadOwnAsync(
        Run run, ISession session, long start, int most)
    {
        Func<long, int, Task<IReadOnlyList<AccessLogEntry>>> read = session.Identity.Kind switch
        {
            CallerKind.User => session.Get(session.User()).ReadLogAsync,
            CallerKind.Application => session.Get(session.App()).ReadLogAsync,
            CallerKind.Operator => session.Get(new InstallationId()).ReadLogAsync,
            _ => throw new CommandException(
                "A script has no log of its own: use --as with a user, an application or an operator."),
        };
        using var progress = run.Out.Progress("reading the log");
        var entries = new List<AccessLogEntry>();
        while (entries.Count < most)
        {
            run.Cancellation.ThrowIfCancellationRequested();
            var wanted = Math.Min(Limits.PageItems, most - entries.Count);
            var page = await read(entries.Count == 0 ? start : entries[^1].Sequence, wanted);
            entries.AddRange(page);
            progress.Report(entries.Count);
            if (page.Count < wanted) return (entries, null);
        }
        var last = entries[^1].Sequence;
        return (entries, (await read(last, 1)).Count > 0 ? last : null);
    }

    private static void Print(Run run, List<AccessLogEntry> entries, long? next) => run.Out.Show(
        new { Entries = entries, Next = next },
        () =>
        {
            run.Out.Table(
                ["Chain", "No.", "Time", "Actor", "Activity", "What", "Purpose", "Reason", "Count"],
                entries.Select(IReadOnlyList<string?> (e) =>
                [
                    e.Chain, e.Sequence.ToString(CultureInfo.InvariantCulture), Time(e), e.Actor, Activity(e),
                    string.Join(", ", e.Names), e.Purpose, e.Reason,
                    e.Count == 1 ? "" : e.Count.ToString(CultureInfo.InvariantCulture),
                ]));
            if (next is not null) run.Out.Note($"There is more: go on with --after {next}.");
        });

    /// <summary>An entry that was emptied has no time.</summary>
    internal static string Time(AccessLogEntry entry) =>
        entry.Activity == SecureUserData.Activity.Expired ? "" : Output.Time(entry.At);

    internal static string Activity(AccessLogEntry entry) =>
        entry.Decision is { } decision ? $"{entry.Activity}: {decision.Status}" : entry.Activity.ToString();

    private static long Number(string text, string option, long min, long max) =>
        long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number)
        && number >= min && number <= max
            ? number
            : throw new UsageException($"{option} takes a number from {min} to {max}.");
}
