using System.Net;
using System.Security.Cryptography.X509Certificates;

namespace SecureUserData.Client;

/// <summary>How a client finds and trusts a cluster.</summary>
public sealed record ClientOptions
{
    /// <summary>The silos' gateways, at least one; the client spreads its calls over those that answer.</summary>
    public required IReadOnlyList<IPEndPoint> Gateways { get; init; }

    /// <summary>The name of the cluster, as its silos have it.</summary>
    public string ClusterId { get; init; } = "sud";

    /// <summary>The client's own certificate with its private key; null for a connection without TLS, which silos
    /// accept on loopback only.</summary>
    public X509Certificate2? Certificate { get; init; }

    /// <summary>The certificates of the authorities that sign the silos' certificates. With a
    /// <see cref="Certificate"/> there must be one at least.</summary>
    public X509Certificate2Collection Authorities { get; init; } = [];

    /// <summary>How long a call may take, and connecting.</summary>
    public TimeSpan CallTimeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>The clock.</summary>
    public TimeProvider Time { get; init; } = TimeProvider.System;
}
