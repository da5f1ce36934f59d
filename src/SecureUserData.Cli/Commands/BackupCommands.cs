using System.CommandLine;
using SecureUserData.Cli.Console;
using SecureUserData.Cli.Keys;
using SecureUserData.Embedded.Backups;

namespace SecureUserData.Cli.Commands;

/// <summary><c>sud backup</c>.</summary>
internal static class BackupCommands
{
    internal static Command In(CommandLine cli)
    {
        var target = new Argument<string>("DIR")
        {
            Description = "The folder of the backup, which is made.", Arity = ArgumentArity.ZeroOrOne,
        };
        var backup = cli.Command(
            "backup",
            "Makes a backup of the data folder, also while another process has it open, and verifies it. The master "
            + "key is not in it: keep that elsewhere.",
            "sud backup /mnt/backups/2031-04-05\nsud backup verify /mnt/backups/2031-04-05",
            [target],
            run => CreateAsync(run, run.Get(target)));
        backup.Add(Verify(cli));
        backup.Add(Purge(cli));
        return backup;
    }

    private static async Task CreateAsync(Run run, string? name)
    {
        if (name is null) throw new UsageException("DIR is missing: say where the backup is to be made.");
        var target = run.Around.FullPath(name);
        using var key = MasterKey.Find(run.Around, run.Folder, run.Out);
        using var progress = new BackupProgressLine(run.Out);
        var manifest = await Backup.CreateAsync(
            run.Folder, target, key.Ring, run.Around.Time, progress, run.Cancellation);
        progress.Dispose();
        Show(run, "Backup", target, manifest);
    }

    private static Command Verify(CommandLine cli)
    {
        var name = new Argument<string>("DIR") { Description = "The folder of the backup." };
        return cli.Command(
            "verify",
            "Verifies a backup: its digest, every page and state of its database, and its access log. It changes "
            + "nothing. The exit code is 0 only if all of it holds.",
            "sud backup verify /mnt/backups/2031-04-05",
            [name],
            async run =>
            {
                var folder = run.Around.FullPath(run.Get(name));
                using var key = MasterKey.Find(run.Around, run.Folder, run.Out);
                using var progress = new BackupProgressLine(run.Out);
                var manifest = await Backup.VerifyAsync(folder, key.Ring, progress, run.Cancellation);
                progress.Dispose();
                Show(run, "The backup holds", folder, manifest);
            });
    }

    private static Command Purge(CommandLine cli)
    {
        var name = new Argument<string>("DIR") { Description = "The folder of the backup." };
        var erasures = RestoreCommand.ErasuresOption();
        var dryRun = new Option<bool>("--dry-run") { Description = "Only show who would be removed." };
        return cli.Command(
            "purge",
            "Removes from a backup, in place, whoever was erased after it was made: the erasure list of the data "
            + "folder says who, and those named. Run again, it finishes what was interrupted.",
            "sud backup purge /mnt/backups/2031-04-05 --dry-run\nsud backup purge /mnt/backups/2031-04-05",
            [name, erasures, dryRun],
            async run =>
            {
                var folder = run.Around.FullPath(run.Get(name));
                using var key = MasterKey.Find(run.Around, run.Folder, run.Out);
                using var progress = new BackupProgressLine(run.Out);
                var report = await Backup.PurgeAsync(
                    folder, Lists(run, run.Get(erasures)), key.Ring, run.Get(dryRun), run.Around.Time, progress,
                    run.Cancellation);
                progress.Dispose();
                RestoreCommand.WarnOf(run, report.Refused);
                Show(run, folder, report, run.Get(dryRun));
            });
    }

    /// <summary>Those named, and those that this data folder keeps.</summary>
    private static List<string> Lists(Run run, IEnumerable<string> named)
    {
        var kept = new[] { Path.Combine(run.Folder, "sud.erasures"), run.Around.Options.ErasureList };
        return [.. named.Select(run.Around.FullPath), .. kept.OfType<string>().Where(File.Exists)];
    }

    private static void Show(Run run, string folder, PurgeReport report, bool dryRun) => run.Out.Show(
        new { Folder = folder, DryRun = dryRun, Report = report },
        () =>
        {
            run.Out.Line(dryRun ? "Nothing was removed. A purge does this:" : "The backup is purged, and verified.");
            run.Out.Details(
                ("Backup", folder),
                ("Removed", $"{Output.Number(report.Erased.Count)} users, by "
                    + $"{Output.Number(report.Certificates)} certificates"));
        });

    private static void Show(Run run, string title, string folder, BackupManifest manifest) => run.Out.Show(
        new { Folder = folder, Manifest = manifest },
        () => run.Out.Details(
            (title, folder),
            ("Made at", Output.Time(manifest.CreatedAt)),
            ("Purged at", manifest.PurgedAt is { } at ? Output.Time(at) : null),
            ("Master key", $"version {string.Join(", ", manifest.MasterKeyVersions)}, which is not in it"),
            ("Applications", Output.Number(manifest.Counts.Applications)),
            ("Users", Output.Number(manifest.Counts.Users)),
            ("Scripts", Output.Number(manifest.Counts.Scripts)),
            ("Decisions", Output.Number(manifest.Counts.Decisions)),
            ("Records", Output.Number(manifest.Counts.Records)),
            ("Log entries", Output.Number(manifest.Counts.LogEntries)),
            ("Erasures listed", Output.Number(manifest.ErasuresListed)),
            ("Database", $"{Output.Number(manifest.DatabaseBytes)} bytes, SHA-256 {manifest.DatabaseSha256}")));
}
