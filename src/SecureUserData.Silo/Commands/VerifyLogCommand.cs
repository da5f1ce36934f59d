using System.CommandLine;
using SecureUserData.AccessLog;
using SecureUserData.Cluster;

namespace SecureUserData.Silo.Commands;

/// <summary><c>silo verify-log</c>.</summary>
internal static class VerifyLogCommand
{
    private static readonly Option<string[]> Anchors = new("--anchor")
    {
        Description = "An anchor from before, which the log must still fit; may be given several times.",
        HelpName = "FILE",
    };

    private static readonly Option<string?> To = new("--write-anchor")
    {
        Description = "Writes an anchor of the verified log into this new file. Keep it where nobody who can write to "
            + "the database can write.",
        HelpName = "FILE",
    };

    internal static Command In(CommandLine cli) => cli.Command(
        "verify-log",
        "Verifies the whole access log while the cluster goes on. Until it is done it is a silo of the cluster, with "
        + "the ports of its settings.",
        "SUD_MASTER_KEY_FILE=/etc/sud/master.key silo verify-log --config /etc/sud/verify.json --anchor monday.anchor",
        [Anchors, To],
        VerifyAsync);

    private static async Task VerifyAsync(Run run)
    {
        List<Stream> anchors =
            [.. (run.Parsed.GetValue(Anchors) ?? []).Select(file => File.OpenRead(run.Around.FullPath(file)))];
        await using var installation = await OpenInstallation.OpenAsync(run.Around, run.Settings.MongoDb);
        await using var host = SiloHost.Build(run.Settings, installation);
        await host.StartAsync(run.Cancellation);
        using var stopped = CancellationTokenSource.CreateLinkedTokenSource(
            run.Cancellation, host.Lifetime.ApplicationStopping); // SIGTERM and Ctrl-C
        FileStream? written = null;
        try
        {
            var to = run.Parsed.GetValue(To);
            var verified = await host.Services.GetRequiredService<ClusterLog>().VerifyAsync(
                new LogEvidence { Anchors = anchors },
                to is null ? null : () => written = new FileStream(run.Around.FullPath(to), FileMode.CreateNew),
                new Progress<long>(entries => run.Around.Error.WriteLine($"{entries:N0} entries")),
                stopped.Token);
            run.Around.Out.WriteLine(
                $"The log holds: {verified.Entries:N0} entries in {verified.Chains:N0} chains"
                + (verified.Loose == 0 ? "." : $", {verified.Loose:N0} of them in no batch, as a crash leaves them."));
            if (to is not null) run.Around.Out.WriteLine($"The anchor is in {to}.");
        }
        catch (OperationCanceledException) when (stopped.IsCancellationRequested)
        {
            throw new CommandException("It was stopped before the whole log was verified, and says nothing about it.");
        }
        finally
        {
            if (written is not null) await written.DisposeAsync();
            foreach (var anchor in anchors) await anchor.DisposeAsync();
            await host.StopAsync(CancellationToken.None);
        }
    }
}
