using Microsoft.Extensions.Logging.Console;
using MongoDB.Driver;
using Orleans.Configuration;
using Orleans.Providers.MongoDB.Configuration;
using SecureUserData.Cluster;
using SecureUserData.Silo.Health;
using SecureUserData.Silo.Settings;

namespace SecureUserData.Silo;

/// <summary>A silo with all that runs in its process.</summary>
internal static class SiloHost
{
    /// <summary>Calls under way end, grains are deactivated, and the last batch of the log is written within
    /// this.</summary>
    private static readonly TimeSpan StopsWithin = TimeSpan.FromSeconds(60);

    /// <summary>A silo alone has nobody to give its calls up to: they last as long as they last.</summary>
    private static readonly TimeSpan AloneAnswersWithin = TimeSpan.FromHours(1);

    /// <param name="settings">The settings.</param>
    /// <param name="installation">The installation.</param>
    /// <param name="alone">Whether it works for itself, and no client reaches it.</param>
    internal static WebApplication Build(SiloSettings settings, OpenInstallation installation, bool alone = false)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.Services.Configure<HostOptions>(host => host.ShutdownTimeout = StopsWithin);
        AddLogging(builder.Logging);
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel => kestrel.Listen(settings.Health));
        builder.Services.AddSingleton(services => new Readiness(
            services.GetRequiredService<ISiloStatusOracle>(),
            installation.Store,
            installation.Masters));
        builder.UseOrleans(silo =>
        {
            AddCluster(silo, settings, alone);
            silo.UseSecureUserData(new ClusterSiloOptions
            {
                Masters = installation.Masters,
                Keys = installation.Keys,
                Stores = installation.Store,
                UnloadAfter = settings.UnloadAfter,
            });
            if (settings.Tls is { } tls) silo.UseMutualTls(tls.Certificate, tls.Authorities);
            if (settings.Otlp is not null) silo.AddActivityPropagation();
            if (alone)
                silo.Configure<SiloMessagingOptions>(messaging => messaging.ResponseTimeout = AloneAnswersWithin);
        });
        var app = builder.Build();
        app.Run(HealthEndpoints.AnswerAsync);
        return app;
    }

    /// <summary>Membership and reminders.</summary>
    private static void AddCluster(ISiloBuilder silo, SiloSettings settings, bool alone)
    {
        silo.Configure<ClusterOptions>(cluster =>
        {
            cluster.ClusterId = settings.ClusterId;
            cluster.ServiceId = settings.ClusterId;
        });
        silo.Configure<EndpointOptions>(endpoints =>
        {
            endpoints.AdvertisedIPAddress = settings.Address;
            endpoints.SiloPort = settings.Port;
            endpoints.SiloListeningEndpoint = new(settings.Listen, settings.Port);
            endpoints.GatewayPort = alone ? 0 : settings.GatewayPort;
            if (!alone) endpoints.GatewayListeningEndpoint = new(settings.Listen, settings.GatewayPort);
        });
        silo.UseMongoDBClient(_ => Durable(settings.MongoDb.Options.ConnectionString));
        silo.UseMongoDBClustering(membership =>
        {
            membership.DatabaseName = settings.MongoDb.ClusterDatabase;
            membership.Strategy = MongoDBMembershipStrategy.SingleDocument; // the others need transactions
        });
        silo.UseMongoDBReminders(reminders => reminders.DatabaseName = settings.MongoDb.ClusterDatabase);
    }

    /// <summary>Membership and wake-ups that were acknowledged outlive a failover, too.</summary>
    private static MongoClientSettings Durable(string connectionString)
    {
        var settings = MongoClientSettings.FromConnectionString(connectionString);
        settings.ReadPreference = ReadPreference.Primary;
        settings.ReadConcern = ReadConcern.Majority;
        settings.WriteConcern = WriteConcern.WMajority.With(journal: true);
        return settings;
    }

    /// <summary>What the runtime tells of its ordinary work holds ids, and nobody needs it.</summary>
    private static void AddLogging(ILoggingBuilder logging)
    {
        logging.SetMinimumLevel(LogLevel.Warning).AddFilter("SecureUserData", LogLevel.Information);
        logging.AddSimpleConsole(console =>
        {
            console.SingleLine = true;
            console.ColorBehavior = LoggerColorBehavior.Disabled;
            console.UseUtcTimestamp = true;
            console.TimestampFormat = "yyyy-MM-dd'T'HH:mm:ss.fff'Z' ";
        });
    }
}
