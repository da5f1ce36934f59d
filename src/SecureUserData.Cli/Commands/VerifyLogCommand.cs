using System.CommandLine;
using SecureUserData.AccessLog;
using SecureUserData.Cli.Console;

namespace SecureUserData.Cli.Commands;

/// <summary><c>sud log verify</c>.</summary>
internal sealed class VerifyLogCommand
{
    private readonly Option<string[]> _anchors = Files(
        "--anchor", "Also check that the log has all that this anchor says ('sud log anchor'); more than one add up.");

    private readonly Option<string[]> _certificates = Files(
        "--certificate", "The same for what a certificate of an erasure says of the log.");

    private readonly Option<string[]> _exports = Files(
        "--export", "The same for what an export says of the user's log.");

    private readonly Option<bool> _chainsOnly = new("--chains-only")
    {
        Description = "Compare what was kept with every chain, and not with the chain over all of them: for what was "
            + "kept in a cluster, before the installation came back from it.",
    };

    internal static Command In(CommandLine cli)
    {
        var verify = new VerifyLogCommand();
        return cli.Command(
            "verify",
            "Verifies the whole access log: every user's, application's and the installation's chain, and the chain "
            + "over all of them. The exit code is 0 only if all of it holds. That newest entries were cut off, or the "
            + "whole folder set back, is found with an anchor only.",
            "sud log verify --anchor /mnt/elsewhere/anchors/sud-log-20260105T090000Z.anchor",
            [verify._anchors, verify._certificates, verify._exports, verify._chainsOnly],
            verify.RunAsync);
    }

    private static Option<string[]> Files(string name, string description) => new(name)
    {
        Description = description, HelpName = "FILE", DefaultValueFactory = _ => [],
    };

    private async Task RunAsync(Run run)
    {
        var anchors = new List<Stream>();
        try
        {
            foreach (var name in run.Get(_anchors)) anchors.Add(RecordCommands.Opened(run.Around.FullPath(name)));
            var evidence = new LogEvidence
            {
                Anchors = anchors,
                Certificates = [.. run.Get(_certificates).Select(name => CertificateCommands.Read(run, name))],
                Exports = await ReadExportsAsync(run),
                ChainsOnly = run.Get(_chainsOnly),
            };
            await VerifyAsync(run, evidence);
        }
        finally
        {
            foreach (var anchor in anchors) await anchor.DisposeAsync();
        }
    }

    private async Task<List<ExportHead>> ReadExportsAsync(Run run)
    {
        var exports = new List<ExportHead>();
        foreach (var name in run.Get(_exports))
        {
            await using var export = RecordCommands.Opened(run.Around.FullPath(name));
            exports.Add(await ExportHead.ReadAsync(export, run.Cancellation));
        }
        return exports;
    }

    private static async Task VerifyAsync(Run run, LogEvidence evidence)
    {
        await using var folder = await run.OpenAsync();
        using var progress = run.Out.Progress("verifying", folder.Engine.GetStatus().LogEntries);
        var verified = await folder.Engine.VerifyLogAsync(evidence, progress, run.Cancellation);
        progress.Dispose();
        var kept = evidence.Anchors.Count + evidence.Certificates.Count + evidence.Exports.Count;
        run.Out.Show(
            new { verified.Entries, verified.Chains, ComparedWith = kept },
            () =>
            {
                run.Out.Line($"The access log holds: {Output.Number(verified.Entries)} entries in "
                    + $"{Output.Number(verified.Chains)} chains.");
                if (kept > 0) run.Out.Line($"It has all that was kept elsewhere: {Output.Number(kept)} compared.");
            });
    }
}
