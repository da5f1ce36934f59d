namespace SecureUserData.ClusterLoad;

/// <summary>What a silo's process is told on its command line. The master key comes in its environment.</summary>
/// <param name="Kind">What it runs.</param>
/// <param name="Port">Where silos reach it.</param>
/// <param name="GatewayPort">Where clients reach it.</param>
/// <param name="PrimaryPort">The first silo's port: it keeps the membership.</param>
/// <param name="MongoDb">How to reach MongoDB.</param>
/// <param name="Database">The cluster's database.</param>
internal sealed record SiloSettings(
    SiloKind Kind, int Port, int GatewayPort, int PrimaryPort, string MongoDb, string Database)
{
    /// <summary>The environment variable of the master key.</summary>
    internal const string MasterKey = "SUD_MASTER_KEY";

    internal const string ClusterId = "sud";
}

/// <summary>What a silo runs.</summary>
internal enum SiloKind
{
    /// <summary>Nothing but <see cref="BareGrain"/>.</summary>
    Bare,

    /// <summary>SecureUserData.</summary>
    Audited,

    /// <summary>SecureUserData over <see cref="MemoryStores"/>.</summary>
    MemoryLog,
}
