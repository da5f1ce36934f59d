using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace SecureUserData.Cluster.Tests.Silo;

/// <summary>An authority that signs whatever a test asks for.</summary>
internal sealed class TestAuthority
{
    private const string Server = "1.3.6.1.5.5.7.3.1";
    private const string Client = "1.3.6.1.5.5.7.3.2";

    private static readonly DateTimeOffset From = new(2020, 1, 1, 0, 0, 0, TimeSpan.Zero);
    private static readonly DateTimeOffset Until = new(2120, 1, 1, 0, 0, 0, TimeSpan.Zero);

    private readonly X509Certificate2 _own;

    internal TestAuthority()
    {
        var request = new CertificateRequest(
            "CN=An authority", ECDsa.Create(ECCurve.NamedCurves.nistP256), HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, true, 0, critical: true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.KeyCertSign, critical: true));
        _own = request.CreateSelfSigned(From, Until);
    }

    internal X509Certificate2Collection Trusted => [X509CertificateLoader.LoadCertificate(_own.RawData)];

    internal X509Certificate2 ForSilo() => Sign("silo", Until, Server, Client);

    internal X509Certificate2 ForClient() => Sign("client", Until, Client);

    internal X509Certificate2 ForEverything() => Sign("anything", Until);

    internal X509Certificate2 Expired() => Sign("client", From.AddYears(1), Client);

    internal X509Certificate2 ExpiredSilo() => Sign("silo", From.AddYears(1), Server, Client);

    private X509Certificate2 Sign(string name, DateTimeOffset until, params string[] uses)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest($"CN={name}", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(false, false, 0, critical: true));
        if (uses.Length > 0)
            request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension(
                Oids(uses), critical: false));
        using var signed = request.Create(_own, From, until, RandomNumberGenerator.GetBytes(16));
        return signed.CopyWithPrivateKey(key);
    }
    private static OidCollection Oids(IEnumerable<string> uses)
    {
        var oids = new OidCollection();
        foreach (var use in uses) oids.Add(new Oid(use));
        return oids;
    }
}
