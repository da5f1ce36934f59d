using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using SecureUserData.Cli.Console;

namespace SecureUserData.Cli.Commands;

/// <summary><c>sud log follow</c>.</summary>
internal static class FollowLogCommand
{
    internal static Command In(CommandLine cli)
    {
        var after = new Option<string?>("--after")
        {
            Description = "After this cursor, as the last time said; 0 for all there is. Unless named, from now on.",
            HelpName = "CURSOR",
        };
        return cli.Command(
            "follow",
            "Shows entries of the access log as they come, until Ctrl-C: to a user the own, the installation's to an "
            + "operator, to an application what is done with its users' data and its own rotations. With --json, one "
            + "line of JSON for all that came at a time.",
            "sud log follow --as ada\nsud log follow --as city-clinic --after 0 --json",
            [after, cli.As],
            async run =>
            {
                await using var folder = await run.OpenAsync();
                var session = await run.SignInAsync(
                    folder, CallerKind.User, CallerKind.Application, CallerKind.Operator);
                await FollowAsync(run, session, run.Get(after));
            });
    }

    private static async Task FollowAsync(Run run, ISession session, string? cursor)
    {
        try
        {
            await foreach (var events in session.FollowAsync(cursor, run.Cancellation))
            {
                cursor = events.Cursor;
                if (run.Out.IsJson) run.Out.Line(JsonSerializer.Serialize(events, Json.Lines));
                else
                    foreach (var entry in events.Items) run.Out.Line(Text(entry));
            }
        }
        catch (OperationCanceledException) when (run.Cancellation.IsCancellationRequested)
        {
            if (cursor is not null) run.Out.Note($"Go on with --after {cursor}.");
        }
    }

    private static string Text(AccessLogEntry entry)
    {
        string?[] parts =
        [
            LogCommands.Time(entry), entry.Chain, entry.Sequence.ToString(CultureInfo.InvariantCulture),
            LogCommands.Activity(entry), entry.Actor.Length > 0 ? $"by {entry.Actor}" : null,
            string.Join(", ", entry.Names), entry.Purpose, entry.Reason,
            entry.Count == 1 ? null : $"{Output.Number(entry.Count)} times",
        ];
        return string.Join("  ", parts.Where(part => !string.IsNullOrEmpty(part)));
    }
}
