using System.Security.Cryptography.X509Certificates;
using Orleans.Connections.Security;

namespace SecureUserData.Client;

/// <summary>TLS in which both sides show a certificate that an authority of the cluster has signed. Nobody else's
/// authorities count, the machine's neither. What a certificate is for decides what its holder can be: a silo's is for
/// servers and clients, a client's for clients only, so that no client can pose as a silo. Names are not
/// compared.</summary>
internal static class MutualTls
{
    // Extended key usages, RFC 5280 §4.2.1.12.
    private const string ServerAuthentication = "1.3.6.1.5.5.7.3.1";
    private const string ClientAuthentication = "1.3.6.1.5.5.7.3.2";

    /// <summary>For a connection on whose other side there has to be a silo.</summary>
    internal static void DemandSilo(
        TlsOptions tls, X509Certificate2 own, X509Certificate2Collection authorities) =>
        Demand(tls, own, certificate => IsSilo(certificate, authorities));

    /// <summary>For a gateway, to which clients connect.</summary>
    internal static void DemandClient(
        TlsOptions tls, X509Certificate2 own, X509Certificate2Collection authorities) =>
        Demand(tls, own, certificate => IsClient(certificate, authorities));

    internal static bool IsSilo(X509Certificate2 certificate, X509Certificate2Collection authorities) =>
        IsGood(certificate, authorities, ServerAuthentication)
        && IsGood(certificate, authorities, ClientAuthentication);

    internal static bool IsClient(X509Certificate2 certificate, X509Certificate2Collection authorities) =>
        IsGood(certificate, authorities, ClientAuthentication);

    private static void Demand(TlsOptions tls, X509Certificate2 own, Func<X509Certificate2, bool> isGood)
    {
        tls.LocalCertificate = own;
        tls.RemoteCertificateMode = RemoteCertificateMode.RequireCertificate;
        tls.ClientCertificateMode = RemoteCertificateMode.RequireCertificate;
        tls.RemoteCertificateValidation = (certificate, _, _) => isGood(certificate);
    }

    /// <summary>Whether a certificate is in force, signed by one of the authorities, and says itself that it is for
    /// this use: one that says nothing would be for every use.</summary>
    private static bool IsGood(X509Certificate2 certificate, X509Certificate2Collection authorities, string use)
    {
        if (authorities.Count == 0 || !Uses(certificate).Contains(use)) return false;
        using var chain = new X509Chain();
        chain.ChainPolicy.ApplicationPolicy.Add(new(use)); // the authorities must be for it, too
        chain.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
        chain.ChainPolicy.CustomTrustStore.AddRange(authorities);
        chain.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck; // authorities of one's own publish no lists
        chain.ChainPolicy.DisableCertificateDownloads = true;
        return chain.Build(certificate);
    }

    private static IEnumerable<string?> Uses(X509Certificate2 certificate) =>
        certificate.Extensions.OfType<X509EnhancedKeyUsageExtension>()
            .SelectMany(extension => extension.EnhancedKeyUsages.Cast<System.Security.Cryptography.Oid>())
            .Select(use => use.Value);
}
