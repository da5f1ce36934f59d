using System.CommandLine;
using MongoDB.Driver;
using SecureUserData.Cluster;
using SecureUserData.Cluster.Mongo;
using SecureUserData.Erasures;

namespace SecureUserData.Silo.Commands;

/// <summary><c>silo erase-again</c>.</summary>
internal static class EraseAgainCommand
{
    private static readonly Option<bool> DryRun = new("--dry-run")
    {
        Description = "Only show who would be erased again.",
    };

    internal static Command In(CommandLine cli) => cli.Command(
        "erase-again",
        "Erases again whoever was erased and has come back with a restored backup, as the erasure list proves. Run it "
        + "after a restore, while no silo is running; until it is done it is a silo that no client reaches. When it "
        + "was stopped, run it again.",
        "SUD_MASTER_KEY_FILE=/etc/sud/master.key silo erase-again --dry-run\n"
        + "  SUD_MASTER_KEY_FILE=/etc/sud/master.key silo erase-again",
        [DryRun],
        EraseAgainAsync);

    private static async Task EraseAgainAsync(Run run)
    {
        await DemandNoSiloAsync(run);
        await using var installation = await OpenInstallation.OpenRestoredAsync(run.Around, run.Settings.MongoDb);
        ReturnedUsers returned;
        using (var stored = installation.AsStored()) returned = await stored.FindReturnedAsync(run.Cancellation);
        foreach (var refused in returned.Refused)
            run.Around.Error.WriteLine(
                $"silo: certificate {refused.Line} of {refused.List}, in the order of _id, erases nobody: "
                + refused.Reason);
        foreach (var user in returned.Users.Keys) run.Around.Out.WriteLine(user.ToString());
        if (returned.Users.Count == 0)
            run.Around.Error.WriteLine("silo: nobody who was erased is in the data, nothing was done.");
        else if (run.Parsed.GetValue(DryRun))
            run.Around.Error.WriteLine(
                $"silo: nothing was erased. The {returned.Users.Count:N0} users above would be erased again.");
        else
            await EraseAsync(run, installation);
    }

    private static async Task EraseAsync(Run run, OpenInstallation installation)
    {
        await using var host = SiloHost.Build(run.Settings, installation, alone: true);
        await host.StartAsync(run.Cancellation);
        try
        {
            var erased = await host.Services.GetRequiredService<ClusterErasures>().EraseAgainAsync(
                (done, total) =>
                {
                    if (done % 100 == 0 || done == total) run.Around.Error.WriteLine($"{done:N0} of {total:N0} users");
                },
                host.Lifetime.ApplicationStopping); // SIGTERM and Ctrl-C
            run.Around.Error.WriteLine($"silo: the {erased.Count:N0} users above are erased again.");
        }
        catch (OperationCanceledException)
        {
            throw new CommandException("It was stopped before all were erased: run it again, which finishes it.");
        }
        finally
        {
            await host.StopAsync(CancellationToken.None);
        }
    }

    /// <summary>What has a user in memory would go on with it.</summary>
    private static async Task DemandNoSiloAsync(Run run)
    {
        var mongo = run.Settings.MongoDb;
        using var client = new MongoClient(MongoStore.Settings(mongo.Options.ConnectionString));
        var known = new KnownSilos(client, mongo.ClusterDatabase, run.Settings.ClusterId);
        if (await known.IsAnyRunningAsync() == true)
            throw new CommandException(
                $"A silo of the cluster {run.Settings.ClusterId} is running, or was killed within the last "
                + $"{KnownSilos.DeadAfter.TotalMinutes:0} minutes: stop all silos, and try again.");
    }
}
