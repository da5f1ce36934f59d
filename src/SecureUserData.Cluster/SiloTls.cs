using System.Security.Cryptography.X509Certificates;
using Orleans.Configuration;
using Orleans.Connections.Security;
using SecureUserData.Client;

namespace SecureUserData.Cluster;

/// <summary>TLS between silos, and from clients to silos.</summary>
public static class SiloTls
{
    /// <summary>Lets nobody connect without a certificate that one of the authorities has signed: to the port of the
    /// silos only silos, to the gateway silos and clients.</summary>
    /// <param name="silo">The silo.</param>
    /// <param name="certificate">The silo's own certificate with its private key: for server and client
    /// authentication, in force, and signed by an authority itself, without one in between.</param>
    /// <param name="authorities">The certificates of the authorities.</param>
    /// <exception cref="SecureUserDataException"><see cref="ErrorCode.Invalid"/> when no silo would accept the
    /// certificate.</exception>
    public static ISiloBuilder UseMutualTls(
        this ISiloBuilder silo, X509Certificate2 certificate, X509Certificate2Collection authorities)
    {
        ArgumentNullException.ThrowIfNull(silo);
        Demand(certificate, authorities);
        var silos = new TlsOptions();
        MutualTls.DemandSilo(silos, certificate, authorities);
        var clients = new TlsOptions();
        MutualTls.DemandClient(clients, certificate, authorities);
        return silo.Configure<SiloConnectionOptions>(connections =>
        {
            connections.ConfigureSiloInboundConnection(connection => connection.UseServerTls(silos));
            connections.ConfigureSiloOutboundConnection(connection => connection.UseClientTls(silos));
            connections.ConfigureGatewayInboundConnection(connection => connection.UseServerTls(clients));
        });
    }

    /// <summary>Makes sure that a certificate is one which every silo accepts as a silo's.</summary>
    /// <param name="certificate">The certificate with its private key.</param>
    /// <param name="authorities">The certificates of the authorities.</param>
    /// <exception cref="SecureUserDataException"><see cref="ErrorCode.Invalid"/> with what to do.</exception>
    public static void Demand(X509Certificate2 certificate, X509Certificate2Collection authorities)
    {
        ArgumentNullException.ThrowIfNull(certificate);
        ArgumentNullException.ThrowIfNull(authorities);
        if (!certificate.HasPrivateKey)
            throw SecureUserDataException.Invalid("The silo's certificate comes without its private key: name both.");
        if (!MutualTls.IsSilo(certificate, authorities))
            throw SecureUserDataException.Invalid(
                "The silo's certificate is not good for a silo: it has to be in force, signed by one of the named "
                + "authorities itself, and to have the extended key usages serverAuth and clientAuth.");
    }
}
