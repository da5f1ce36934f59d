using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using SecureUserData.Cluster;

namespace SecureUserData.Silo.Settings;

/// <summary>What the silo shows to others, and whom it accepts.</summary>
/// <param name="Certificate">The silo's certificate, with its private key.</param>
/// <param name="Authorities">The authorities that sign the certificates of silos and clients.</param>
internal sealed record TlsSettings(X509Certificate2 Certificate, X509Certificate2Collection Authorities)
{
    /// <returns>Null when none of the three is set.</returns>
    internal static TlsSettings? Read(SettingsReader reader, Surroundings around)
    {
        var certificate = reader.Find("Tls:Certificate");
        var key = reader.Find("Tls:Key");
        var authorities = reader.Find("Tls:Authorities");
        if ((certificate ?? key ?? authorities) is null) return null;
        if (certificate is null || key is null || authorities is null)
            throw new CommandException(
                "Tls:Certificate, Tls:Key and Tls:Authorities go together: set all three to PEM files.");
        var keyFile = around.FullPath(key);
        SecretFile.Demand(keyFile, "private key", byGroup: true);
        var tls = new TlsSettings(
            Load("Tls:Certificate", () =>
                X509Certificate2.CreateFromPemFile(around.FullPath(certificate), keyFile)),
            Load("Tls:Authorities", () =>
            {
                var all = new X509Certificate2Collection();
                all.ImportFromPemFile(around.FullPath(authorities));
                return all;
            }));
        SiloTls.Demand(tls.Certificate, tls.Authorities);
        return tls;
    }

    private static T Load<T>(string name, Func<T> load)
    {
        try
        {
            return load();
        }
        catch (CryptographicException)
        {
            throw SettingsReader.Wrong(name, "a PEM file, and a certificate and its key have to belong together");
        }
    }
}
