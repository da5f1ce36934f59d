using System.CommandLine;
using SecureUserData.Silo.Telemetry;

namespace SecureUserData.Silo.Commands;

/// <summary><c>silo run</c>.</summary>
internal static partial class RunCommand
{
    internal static Command In(CommandLine cli) => cli.Command(
        "run",
        "Runs a silo until it is asked to end (SIGTERM or Ctrl-C). Then it leaves the cluster, ends the calls under "
        + "way, and writes what is left to write.",
        "SUD_MASTER_KEY_FILE=/etc/sud/master.key silo run --config /etc/sud/silo.json",
        [],
        RunAsync);

    internal static async Task RunAsync(Run run)
    {
        var settings = run.Settings;
        await using var installation = await OpenInstallation.OpenAsync(run.Around, settings.MongoDb);
        using var telemetry = settings.Otlp is null ? null : new SiloTelemetry(settings);
        await using var host = SiloHost.Build(settings, installation);
        await host.StartAsync(run.Cancellation);
        var log = host.Services.GetRequiredService<ILoggerFactory>().CreateLogger(typeof(RunCommand));
        LogRunning(log, settings.ClusterId, settings.Address, settings.GatewayPort, settings.Port, settings.Health);
        await host.WaitForShutdownAsync(run.Cancellation);
        LogEnded(log);
    }

    [LoggerMessage(LogLevel.Information, "The silo of cluster {Cluster} is active: clients reach it at {Address} port "
        + "{GatewayPort}, silos at port {Port}, health checks at {Health}")]
    private static partial void LogRunning(
        ILogger logger, string cluster, System.Net.IPAddress address, int gatewayPort, int port,
        System.Net.IPEndPoint health);

    [LoggerMessage(LogLevel.Information, "The silo has left the cluster")]
    private static partial void LogEnded(ILogger logger);
}
