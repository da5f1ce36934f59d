using System.Net;
using System.Security.Cryptography.X509Certificates;
using SecureUserData.Cryptography;
using SecureUserData.Silo;
using SecureUserData.Silo.Settings;

[assembly: System.Runtime.Versioning.UnsupportedOSPlatform("windows")] // file modes are looked at

namespace SecureUserData.Cluster.Tests.Silo;

public sealed class SettingsTests : IDisposable
{
    private const string Secret = "hunter2";

    private readonly string _folder = Directory.CreateTempSubdirectory("sud-silo-").FullName;
    private readonly Dictionary<string, string> _variables = new()
    {
        ["SUD_MongoDB__ConnectionString"] = $"mongodb://sud:{Secret}@127.0.0.1:1/",
    };

    [Fact]
    public async Task Without_TLS_a_silo_does_not_start_where_others_could_listen()
    {
        _variables["SUD_Silo__Listen"] = "0.0.0.0";
        Assert.Contains("Tls:Certificate", await FailAsync(1, "run"));
        _variables["SUD_Silo__Listen"] = "127.0.0.1";
        _variables["SUD_Silo__Address"] = "192.0.2.1";
        Assert.Contains("AllowPlaintext", await FailAsync(1, "run"));
        _variables["SUD_AllowPlaintext"] = "true";
        Assert.Equal(IPAddress.Parse("192.0.2.1"), Load().Address);
    }

    [Fact]
    public void A_variable_overrides_the_file()
    {
        WriteSettings("""{ "Silo": { "Port": 1111, "GatewayPort": 2222 }, "Cluster": { "Id": "of-the-file" } }""");
        _variables["SUD_Silo__Port"] = "3333";
        _variables["SUD_CREDENTIAL"] = "not a setting";
        var settings = Load();
        Assert.Equal((3333, 2222, "of-the-file"), (settings.Port, settings.GatewayPort, settings.ClusterId));
    }

    [Theory]
    [InlineData("""{ "Silo": { "Prot": 1 } }""", "Silo:Prot")]
    [InlineData("""{ "Silo": { "Port": 0 } }""", "Silo:Port")]
    [InlineData("""{ "Silo": { "Port": "11111, 11112" } }""", "Silo:Port")]
    [InlineData("""{ "Silo": { "Address": "0.0.0.0" }, "AllowPlaintext": true }""", "Silo:Listen")]
    [InlineData("""{ "Silo": { "Port": 7, "GatewayPort": 7 } }""", "different")]
    [InlineData("""{ "Silo": { "UnloadAfter": "00:00:01" } }""", "Silo:UnloadAfter")]
    [InlineData("""{ "AllowPlaintext": "perhaps" }""", "AllowPlaintext")]
    [InlineData("""{ "MongoDB": { "ErasureDatabase": "sud" } }""", "different")]
    [InlineData("""{ "MongoDB": { "Database": "a.b" } }""", "MongoDB:Database")]
    [InlineData("""{ "Tls": { "Key": "silo.key" } }""", "Tls:Authorities")]
    [InlineData("""{ "Otlp": { "Endpoint": "collector:4317" } }""", "Otlp:Endpoint")]
    [InlineData("""{ "Silo": """, "JSON")]
    public async Task What_is_wrong_unknown_or_not_safe_is_refused_and_named(string settings, string named)
    {
        WriteSettings(settings);
        Assert.Contains(named, await FailAsync(1, "check"));
    }

    [Fact]
    public async Task A_connection_string_is_never_shown()
    {
        Assert.DoesNotContain(Secret, Load().ToString());
        _variables["SUD_MongoDB__ConnectionString"] = $"mongo://sud:{Secret}@127.0.0.1";
        var error = await FailAsync(1, "check");
        Assert.Contains("MongoDB:ConnectionString", error);
        Assert.DoesNotContain(Secret, error);
    }

    [Fact]
    public async Task The_master_key_file_has_to_be_its_owner_s_only()
    {
        var file = Path.Combine(_folder, "master.key");
        File.WriteAllText(file, MasterKeyRing.Generate());
        _variables["SUD_MASTER_KEY_FILE"] = file;
        File.SetUnixFileMode(file, UnixFileMode.UserRead | UnixFileMode.GroupRead);
        Assert.Contains("chmod 600", await FailAsync(1, "check"));
        _variables["SUD_MASTER_KEY"] = MasterKeyRing.Generate();
        Assert.Contains("set one of them", await FailAsync(1, "check"));
        _variables.Remove("SUD_MASTER_KEY");
        _variables.Remove("SUD_MASTER_KEY_FILE");
        Assert.Contains("There is no master key", await FailAsync(1, "check"));
    }

    [Fact]
    public async Task A_private_key_that_everybody_can_read_is_refused()
    {
        var authority = new TestAuthority();
        using var certificate = authority.ForSilo();
        foreach (var (name, pem) in (IEnumerable<(string, string)>)
            [
                ("silo.pem", certificate.ExportCertificatePem()),
                ("silo.key", certificate.GetECDsaPrivateKey()!.ExportPkcs8PrivateKeyPem()),
                ("authority.pem", authority.Trusted[0].ExportCertificatePem()),
            ])
            File.WriteAllText(Path.Combine(_folder, name), pem);
        WriteSettings(
            """{ "Tls": { "Certificate": "silo.pem", "Key": "silo.key", "Authorities": "authority.pem" } }""");
        var key = Path.Combine(_folder, "silo.key");
        File.SetUnixFileMode(key, UnixFileMode.UserRead | UnixFileMode.OtherRead);
        Assert.Contains("private key", await FailAsync(1, "check"));
        File.SetUnixFileMode(key, UnixFileMode.UserRead);
        _variables["SUD_Silo__Listen"] = "0.0.0.0";
        Assert.True(Load().Tls!.Certificate.HasPrivateKey);
    }

    [Fact]
    public async Task A_command_line_that_is_wrong_is_told_from_a_failure()
    {
        Assert.Contains("'nope'", await FailAsync(2, "nope"));
        Assert.Contains("missing.json", await FailAsync(1, "check", "--config", "missing.json"));
    }

    private SiloSettings Load() => SiloSettings.Load(Around(TextWriter.Null), null);

    private Surroundings Around(TextWriter error) => new(_variables, _folder, TextWriter.Null, error);

    private async Task<string> FailAsync(int code, params string[] args)
    {
        var error = new StringWriter();
        Assert.Equal(code, await Program.RunAsync(args, Around(error)));
        return error.ToString();
    }

    private void WriteSettings(string json) => File.WriteAllText(Path.Combine(_folder, "silo.json"), json);

    public void Dispose() => Directory.Delete(_folder, recursive: true);
}
