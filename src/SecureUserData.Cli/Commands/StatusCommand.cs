using System.CommandLine;
using SecureUserData.Cli.Console;

namespace SecureUserData.Cli.Commands;

/// <summary><c>sud status</c>.</summary>
internal static class StatusCommand
{
    internal static Command In(CommandLine cli) => cli.Command(
        "status",
        "Shows what the data folder holds, in numbers, and the names of the credentials that you have saved for it.",
        "sud status --json",
        [],
        ShowAsync);

    private static async Task ShowAsync(Run run)
    {
        await using var folder = await run.OpenAsync();
        var status = folder.Engine.GetStatus();
        var saved = folder.Saved.All.Select(s => new { Name = s.Key, s.Value.Kind, s.Value.Id }).ToList();
        run.Out.Show(
            new
            {
                run.Folder,
                MasterKey = folder.Key.Source,
                status.Applications,
                status.Users,
                status.Scripts,
                status.Decisions,
                status.Records,
                status.LogEntries,
                status.DatabaseBytes,
                Saved = saved,
            },
            () =>
            {
                run.Out.Details(
                    ("Data folder", run.Folder),
                    ("Master key", folder.Key.Source),
                    ("Applications", Output.Number(status.Applications)),
                    ("Users", Output.Number(status.Users)),
                    ("Scripts", Output.Number(status.Scripts)),
                    ("Decisions", Output.Number(status.Decisions)),
                    ("Records", Output.Number(status.Records)),
                    ("Log entries", Output.Number(status.LogEntries)),
                    ("Database", $"{Output.Number(status.DatabaseBytes)} bytes"));
                if (saved.Count > 0)
                    run.Out.Table(
                        ["Saved as", "Kind", "Id"],
                        saved.Select(IReadOnlyList<string?> (s) => [s.Name, s.Kind.ToString(), s.Id]));
            });
    }
}
