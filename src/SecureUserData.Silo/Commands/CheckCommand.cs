using System.CommandLine;

namespace SecureUserData.Silo.Commands;

/// <summary><c>silo check</c>.</summary>
internal static class CheckCommand
{
    internal static Command In(CommandLine cli) => cli.Command(
        "check",
        "Validates the settings, the certificates and the master key, opens the installation and the end of its log, "
        + "and tells what 'silo run' would do. It joins no cluster.",
        "SUD_MASTER_KEY_FILE=/etc/sud/master.key silo check --config /etc/sud/silo.json",
        [],
        CheckAsync);

    private static async Task CheckAsync(Run run)
    {
        var settings = run.Settings;
        await using var installation = await OpenInstallation.OpenAsync(run.Around, settings.MongoDb);
        var tls = settings.Tls is { } one
            ? $"with TLS, certificate of {one.Certificate.Subject} until {one.Certificate.NotAfter.ToUniversalTime():u}"
            : "without TLS";
        string[] lines =
        [
            $"Cluster       {settings.ClusterId}",
            $"For silos     {settings.Address}:{settings.Port}, listening on {settings.Listen}, {tls}",
            $"For clients   {settings.Address}:{settings.GatewayPort}, listening on {settings.Listen}, {tls}",
            $"Health        http://{settings.Health}/live and /ready",
            $"Databases     {settings.MongoDb}",
            $"Master keys   {string.Join(", ", installation.Masters.Versions.Select(version => $"version {version}"))}",
            $"Unload after  {settings.UnloadAfter:c}",
            $"Telemetry     {settings.Otlp?.ToString() ?? "none"}",
            "All of it can be used.",
        ];
        foreach (var line in lines) run.Around.Out.WriteLine(line);
    }
}
