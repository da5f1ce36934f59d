using System.CommandLine;
using SecureUserData.Cli.Console;
using SecureUserData.Cli.Keys;
using SecureUserData.Embedded.Backups;
using SecureUserData.Erasures;

namespace SecureUserData.Cli.Commands;

/// <summary><c>sud restore</c>.</summary>
internal sealed class RestoreCommand
{
    private readonly Argument<string> _backup = new("BACKUP") { Description = "The folder of the backup." };

    private readonly Option<string[]> _erasures = ErasuresOption();

    private readonly Option<string?> _old = new("--old")
    {
        Description = "The folder with the data that the backup takes the place of: who was erased there stays erased.",
        HelpName = "DIR",
    };

    private readonly Option<bool> _dryRun = new("--dry-run")
    {
        Description = "Only show who would be erased again and what would be lost.",
    };

    internal static Command In(CommandLine cli)
    {
        var restore = new RestoreCommand();
        return cli.Command(
            "restore",
            "Verifies a backup and restores it into the data folder, which must not hold an installation. Whoever was "
            + "erased after the backup was made is erased again before anybody can sign in: name the erasure lists "
            + "that are newer than the backup.",
            "sud restore /mnt/backups/2031-04-05 --data ./sud-data --old ./sud-data.old --dry-run\n"
            + "sud restore /mnt/backups/2031-04-05 --data ./sud-data --old ./sud-data.old",
            [restore._backup, restore._erasures, restore._old, restore._dryRun],
            restore.RunAsync);
    }

    /// <summary>Erasure lists, for what reads them.</summary>
    internal static Option<string[]> ErasuresOption() => new("--erasures")
    {
        Description = "A newer erasure list, or the folder that it is in; may stand several times.",
        HelpName = "FILE",
        DefaultValueFactory = _ => [],
    };

    /// <summary>Warns of lines that erased nobody.</summary>
    internal static void WarnOf(Run run, IReadOnlyList<RefusedCertificate> refused)
    {
        foreach (var line in refused)
            run.Out.Warn($"line {line.Line} of {line.List} erases nobody: {line.Reason}");
    }

    private async Task RunAsync(Run run)
    {
        var backup = run.Around.FullPath(run.Get(_backup));
        var engine = run.Around.Options;
        var options = new RestoreOptions
        {
            Time = engine.Time,
            ErasureList = engine.ErasureList,
            Erasures = [.. run.Get(_erasures).Select(run.Around.FullPath)],
            OldFolder = run.Get(_old) is { } old ? run.Around.FullPath(old) : null,
            DryRun = run.Get(_dryRun),
        };
        using var key = MasterKey.Find(run.Around, run.Folder, run.Out);
        using var progress = new BackupProgressLine(run.Out);
        var report = await Backup.RestoreAsync(backup, run.Folder, key.Ring, options, progress, run.Cancellation);
        progress.Dispose();
        WarnOf(run, report.Refused);
        run.Out.Show(
            new { run.Folder, options.DryRun, Report = report },
            () =>
            {
                if (options.DryRun) run.Out.Line("Nothing was restored. A restore does this:");
                run.Out.Details(
                    ("Data folder", run.Folder),
                    ("Backup of", Output.Time(report.Backup.CreatedAt)),
                    ("Users", Output.Number(report.Backup.Counts.Users)),
                    ("Records", Output.Number(report.Backup.Counts.Records)),
                    ("Log entries", Output.Number(report.Backup.Counts.LogEntries)),
                    ("Erased again", $"{Output.Number(report.ErasedAgain.Count)} users, by "
                        + $"{Output.Number(report.Certificates)} certificates"),
                    ("Lost", report.EntriesLost is { } lost
                        ? $"{Output.Number(lost)} entries of the access log, and what they are about"
                        : "whatever came after the backup; --old names the data that tells how much"));
            });
    }
}
