namespace SecureUserData.Cluster.Tests.Silo;

/// <summary>What a silo tells a collector: what was called and how often, and never about whom.</summary>
public sealed class TelemetryTests
{
    private const int Readings = 2_000; // one in a hundred is traced

    [Fact]
    public async Task Metrics_and_traces_come_and_name_nobody()
    {
        await using var collector = await Collector.StartAsync();
        await using var silo = new SiloProgram();
        silo.Settings["SUD_Otlp__Endpoint"] = collector.Address;
        silo.Settings["OTEL_METRIC_EXPORT_INTERVAL"] = "500";
        silo.Settings["OTEL_BSP_SCHEDULE_DELAY"] = "500";
        Assert.Equal(0, (await silo.RunAsync("init", "--credential-file", silo.CredentialFile)).Code);
        await silo.StartAsync();
        string app, user;
        await using (var client = await silo.ConnectAsync())
        {
            var admin = await client.SignInAsync(silo.Operator);
            var registered = await admin.RegisterApplicationAsync(new("Library"));
            var session = await client.SignInAsync(registered.Credential);
            var created = await session.CreateUserAsync(new Dictionary<string, string> { ["name"] = "Ada Lovelace" });
            for (var i = 0; i < Readings; i++) await session.Get(registered.Id).GetAsync();
            (app, user) = (registered.Id.ToString(), created.Id.ToString());
        }

        var metrics = await collector.ReceivedAsync("MetricsService", "sud.log.commit.rows");
        var traces = await collector.ReceivedAsync("TraceService", "rpc.method");

        Assert.Contains("sud.call.duration", metrics, StringComparison.Ordinal);
        Assert.Contains("IApplication.GetAsync", metrics, StringComparison.Ordinal);
        Assert.Contains("GetAsync", traces, StringComparison.Ordinal);
        foreach (var secret in (string[])[app, user, "Ada", "Library"])
            Assert.DoesNotContain(secret, metrics + traces, StringComparison.Ordinal);
    }
}
