using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Orleans.Connections.Security;

namespace SecureUserData.Client;

/// <summary>TLS in which both sides show a certificate that an authority of the cluster has signed. Nobody else's
/// authorities count, the machine's neither.</summary>
internal static class MutualTls
{
    /// <summary>The extended key usage of a server's certificate (RFC 5280 §4.2.1.12): a client's does not have it, so
    /// that no client can pose as a silo.</summary>
    private static readonly Oid ServerAuthentication = new("1.3.6.1.5.5.7.3.1");

    private static readonly Oid ClientAuthentication = new("1.3.6.1.5.5.7.3.2");

    /// <summary>For a client, which connects to silos only.</summary>
    internal static void ConfigureClient(TlsOptions tls, X509Certificate2Collection authorities)
    {
        tls.RemoteCertificateMode = RemoteCertificateMode.RequireCertificate;
        tls.RemoteCertificateValidation = (certificate, _, _) =>
            IsSigned(certificate, authorities, ServerAuthentication);
    }

    /// <summary>For a silo, which silos and clients connect to; a silo's certificate is for both sides.</summary>
    internal static void ConfigureSilo(TlsOptions tls, X509Certificate2Collection authorities)
    {
        tls.RemoteCertificateMode = RemoteCertificateMode.RequireCertificate;
        tls.ClientCertificateMode = RemoteCertificateMode.RequireCertificate;
        tls.RemoteCertificateValidation = (certificate, _, _) =>
            IsSigned(certificate, authorities, ClientAuthentication);
    }

    /// <summary>Whether a certificate is in force, for this use, and signed by one of the authorities.</summary>
    private static bool IsSigned(X509Certificate2 certificate, X509Certificate2Collection authorities, Oid use)
    {
        if (authorities.Count == 0) return false;
        using var chain = new X509Chain();
        chain.ChainPolicy.ApplicationPolicy.Add(use);
        chain.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
        chain.ChainPolicy.CustomTrustStore.AddRange(authorities);
        chain.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck; // authorities of one's own publish no lists
        chain.ChainPolicy.DisableCertificateDownloads = true;
        return chain.Build(certificate);
    }
}
