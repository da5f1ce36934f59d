using System.CommandLine;
using SecureUserData.Cli.Console;

namespace SecureUserData.Cli.Commands;

/// <summary><c>sud log anchor</c> and <c>sud log check-anchor</c>.</summary>
internal static class AnchorCommands
{
    internal static Command Write(CommandLine cli)
    {
        var to = new Option<string?>("--to")
        {
            Description = $"The folder for the anchor; {AnchorSettings.FolderVariable} unless named, or else the "
                + "current one. Not inside the data folder.",
            HelpName = "DIR",
        };
        return cli.Command(
            "anchor",
            "Verifies the access log and writes an anchor of it into a new file: the newest entry of every chain, "
            + "signed. Keep it where nobody who can write to the data folder can write. "
            + $"With {AnchorSettings.FolderVariable} set, every command that opens the data folder writes one at its "
            + $"end when the newest there is older than {AnchorSettings.PeriodVariable} (1d unless set; 12h, 30m).",
            "sud log anchor --to /mnt/elsewhere/anchors",
            [to],
            async run =>
            {
                var target = run.Get(to) is { } named
                    ? AnchorSettings.Elsewhere(run.Around.FullPath(named), run.Folder)
                    : AnchorSettings.Folder(run.Around, run.Folder)
                        ?? AnchorSettings.Elsewhere(run.Around.CurrentFolder, run.Folder);
                await using var folder = await run.OpenAsync();
                using var progress = run.Out.Progress("verifying", folder.Engine.GetStatus().LogEntries);
                var (file, statement) = await folder.Engine.WriteAnchorAsync(target, progress, run.Cancellation);
                progress.Dispose();
                run.Out.Show(
                    new { File = file, statement.At, statement.Entries, statement.Chains, statement.Newest },
                    () => run.Out.Line($"The anchor of {Output.Number(statement.Entries)} entries in "
                        + $"{Output.Number(statement.Chains)} chains is in {file}."));
            });
    }

    internal static Command Check(CommandLine cli)
    {
        var file = new Argument<string>("FILE") { Description = "The anchor." };
        var key = new Option<string>("--key")
        {
            Description = "The public key of the installation, from a source that you trust.", HelpName = "PUBLIC.pem",
            Required = true,
        };
        var chain = new Option<string?>("--chain")
        {
            Description = "Also show the newest entry of this chain: the id of a user or an application, or "
                + "'installation'.",
            HelpName = "ID",
        };
        return cli.Command(
            "check-anchor",
            "Checks an anchor and shows what it says. It needs no data folder and no master key. 'sud certificate key' "
            + "gives the public key.",
            "sud log check-anchor sud-log-20260105T090000Z.anchor --key installation.pem",
            [file, key, chain],
            run => CheckAsync(run, run.Get(file), run.Get(key), run.Get(chain)));
    }

    private static async Task CheckAsync(Run run, string file, string key, string? chain)
    {
        LogHead? found = null;
        await using var anchor = RecordCommands.Opened(run.Around.FullPath(file));
        var statement = await LogAnchor.VerifyAsync(
            anchor,
            CertificateCommands.Read(run, key),
            head =>
            {
                if (head.Chain == chain) found = head;
                return ValueTask.CompletedTask;
            },
            run.Cancellation);
        if (chain is not null && found is null)
            throw new CommandException($"The anchor verifies, and it has no chain '{chain}': check the id.");
        run.Out.Show(
            new
            {
                statement.Format, statement.At, statement.Entries, statement.Newest, statement.Writers,
                statement.Chains, Head = found,
            },
            () =>
            {
                run.Out.Line("The anchor verifies. It says:");
                run.Out.Details(
                    ("Time", Output.Time(statement.At)),
                    ("Entries", Output.Number(statement.Entries)),
                    ("Chains", Output.Number(statement.Chains)),
                    ("Newest batch", statement.Newest is { } batch ? Text(batch) : null),
                    ("Newest entry", found is null ? null : $"{found.Sequence} of {found.Chain}, MAC {found.Mac}"));
                foreach (var newest in statement.Writers ?? [])
                    run.Out.Line($"Newest batch of writer {newest.Writer}: {Text(newest)}");
            });

        static string Text(LogBatchHead batch) => $"{batch.Number}, MAC {batch.Mac}";
    }
}
