using Microsoft.Extensions.DependencyInjection;
using Orleans.Configuration;
using Orleans.Runtime.GrainDirectory;
using Orleans.Timers;
using SecureUserData.Applications;
using SecureUserData.Client;
using SecureUserData.Client.Wire;
using SecureUserData.Cluster.Grains;
using SecureUserData.Cluster.Hosting;
using SecureUserData.Cluster.Security;
using SecureUserData.Cluster.Silos;
using SecureUserData.Cluster.Telemetry;
using SecureUserData.Cryptography;
using SecureUserData.Entities;
using SecureUserData.Ports;

namespace SecureUserData.Cluster;

/// <summary>Makes a silo one of SecureUserData.</summary>
public static class ClusterSilo
{
    /// <summary>Adds the grains, what guards them, and the domain. Clustering, reminders and endpoints are the
    /// host's.</summary>
    /// <param name="silo">The silo.</param>
    /// <param name="options">How it runs.</param>
    public static ISiloBuilder UseSecureUserData(this ISiloBuilder silo, ClusterSiloOptions options)
    {
        ArgumentNullException.ThrowIfNull(silo);
        ArgumentNullException.ThrowIfNull(options);
        silo.Configure<GrainCollectionOptions>(collection =>
        {
            collection.CollectionQuantum = options.UnloadAfter / 4;
            collection.CollectionAge = options.UnloadAfter;
            // Unloading waits for nested calls, which the runtime does not know of. The stores let none take so long.
            collection.DeactivationTimeout = TimeSpan.FromMinutes(3);
        });
#pragma warning disable ORLEANSEXP003 // the distributed directory: stale registrations do not outlive their silo
        silo.AddDistributedGrainDirectory();
#pragma warning restore ORLEANSEXP003
        // With one part each, as is the runtime's default, the largest of n silos' shares is about ln(n) times its due.
        silo.Configure<GrainDirectoryOptions>(directory => directory.PartitionsPerSilo = 30);
        silo.Services
            .AddWire(WireRegistration.PublicInterfaces.Concat(InternalGrain.Interfaces).Append(typeof(ISiloEndpoint)))
            .AddSingleton(_ => new CallTokens(options.Keys, options.TokenTime))
            .AddSingleton(services => new ReminderWakeups(
                services.GetRequiredService<IReminderRegistry>(), options.Time))
            .AddSingleton<SiloEndpoints>()
            .AddSingleton<ClusterProcesses>()
            .AddSingleton(services => ClusterNews.Create(services.GetRequiredService<SiloEndpoints>(), options.Time))
            .AddSingleton(services => new DomainServices(
                options.Masters,
                options.Keys,
                new SiloPorts(options.Stores, options.Wakeups ?? services.GetRequiredService<ReminderWakeups>()),
                options.Time,
                services.GetRequiredService<ClusterProcesses>(),
                services.GetRequiredService<ClusterNews>()))
            .AddSingleton<SweptUsers>()
            .AddSingleton<IGrainDirectoryCache>(KnownPlaces.Create)
            .AddSingleton<SiloDomain>()
            .AddSingleton<ILifecycleParticipant<ISiloLifecycle>, LastCalls>()
            .AddSingleton<OutsideContext>()
            .AddSingleton(services => new ClusterLog(
                services.GetRequiredService<DomainServices>(), services.GetRequiredService<OutsideContext>()))
            .AddSingleton(services => new ClusterErasures(
                services.GetRequiredService<DomainServices>(), services.GetRequiredService<OutsideContext>()))
            .AddSingleton(services => new SiloMetrics(services.GetRequiredService<DomainServices>()))
            .AddScoped(services => new EntityContext(
                services.GetRequiredService<IGrainContextAccessor>().GrainContext,
                services.GetRequiredService<SiloDomain>()));
        silo.AddPlacementDirector<BesideUserPlacement, BesideUserDirector>();
        silo.AddPlacementDirector<ByNumberPlacement, ByNumberDirector>();
        silo.AddGrainService<SiloEndpoint>();
        silo.Services.PostConfigure<SiloConnectionOptions>(connections => // behind TLS, wherever that is set up
            connections.ConfigureGatewayInboundConnection(connection => connection.Use(GatewayGuard.Guard)));
        silo.Configure<SiloMessagingOptions>(messaging =>
        {
            WireRegistration.Limit(messaging);
            messaging.MaxForwardCount = ClusterErrors.Attempts;
            // So long a silo keeps answers for a client whose connection to it has broken, though the client is
            // connected to another silo by now.
            messaging.ClientDropTimeout = TimeSpan.FromSeconds(3);
        });
        silo.AddIncomingGrainCallFilter<CallFilter>();
        silo.AddOutgoingGrainCallFilter<SiloSignature>();
        return silo;
    }
}

/// <summary>How a silo runs.</summary>
public sealed record ClusterSiloOptions
{
    /// <summary>The master key ring.</summary>
    public required IMasterKeyRing Masters { get; init; }

    /// <summary>The installation's keys, from opening it (<see cref="InstallationSetup.OpenAsync"/>).</summary>
    public required InstallationKeys Keys { get; init; }

    /// <summary>The stores, which all silos share. They are the host's to close, after the silo.</summary>
    public required IStores Stores { get; init; }

    /// <summary>What wakes entities; null for the cluster's reminders.</summary>
    public IWakeups? Wakeups { get; init; }

    /// <summary>An entity that has not been called for this long is unloaded, and its key zeroed.</summary>
    public TimeSpan UnloadAfter { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>The clock.</summary>
    public TimeProvider Time { get; init; } = TimeProvider.System;

    /// <summary>The clock that sign-ins go by, which every silo must have about right.</summary>
    public TimeProvider TokenTime { get; init; } = TimeProvider.System;
}
