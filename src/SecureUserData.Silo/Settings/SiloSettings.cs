using System.Net;
using MongoDB.Driver;
using SecureUserData.Cluster.Mongo;

namespace SecureUserData.Silo.Settings;

/// <summary>All that can be set, valid.</summary>
internal sealed record SiloSettings
{
    /// <summary>The name of the cluster; clients name the same.</summary>
    internal required string ClusterId { get; init; }

    /// <summary>Where silos and clients reach this silo.</summary>
    internal required IPAddress Address { get; init; }

    /// <summary>Where it listens.</summary>
    internal required IPAddress Listen { get; init; }

    internal required int Port { get; init; }

    internal required int GatewayPort { get; init; }

    internal required TimeSpan UnloadAfter { get; init; }

    internal required MongoSettings MongoDb { get; init; }

    /// <summary>Null for none.</summary>
    internal required TlsSettings? Tls { get; init; }

    internal required IPEndPoint Health { get; init; }

    /// <summary>Where metrics and traces go; null for nowhere.</summary>
    internal required Uri? Otlp { get; init; }

    /// <exception cref="CommandException">Something is missing, wrong, unknown, or not safe.</exception>
    internal static SiloSettings Load(Surroundings around, string? file)
    {
        var reader = new SettingsReader(around, file);
        var address = reader.Host("Silo:Address", IPAddress.Loopback);
        var settings = new SiloSettings
        {
            ClusterId = reader.Find("Cluster:Id") ?? "sud",
            Address = address,
            Listen = reader.Address("Silo:Listen", address),
            Port = reader.Port("Silo:Port", 11111),
            GatewayPort = reader.Port("Silo:GatewayPort", 30000),
            UnloadAfter = reader.Duration(
                "Silo:UnloadAfter", TimeSpan.FromMinutes(5), TimeSpan.FromSeconds(10), TimeSpan.FromDays(1)),
            MongoDb = MongoSettings.Read(reader),
            Tls = TlsSettings.Read(reader, around),
            Health = new IPEndPoint(
                reader.Address("Health:Address", IPAddress.Loopback), reader.Port("Health:Port", 8080)),
            Otlp = reader.Endpoint("Otlp:Endpoint"),
        };
        var allowPlaintext = reader.Flag("AllowPlaintext");
        reader.RefuseUnknown();
        settings.Demand(allowPlaintext);
        return settings;
    }

    private void Demand(bool allowPlaintext)
    {
        // What travels is personal data, and tokens that speak for silos.
        if (Tls is null && !allowPlaintext && !(IPAddress.IsLoopback(Listen) && IPAddress.IsLoopback(Address)))
            throw new CommandException(
                $"Without TLS a silo talks on loopback only, and not on {Listen} or as {Address}: set Tls:Certificate, "
                + "Tls:Key and Tls:Authorities. Only where the network itself encrypts, set AllowPlaintext to true.");
        if (Address.Equals(IPAddress.Any) || Address.Equals(IPAddress.IPv6Any))
            throw new CommandException(
                $"{Address} is no address that others can reach this silo at: set Silo:Address to one, and Silo:Listen "
                + $"to {Address}.");
        int[] ports = Health.Address.Equals(Listen) ? [Port, GatewayPort, Health.Port] : [Port, GatewayPort];
        if (ports.Distinct().Count() < ports.Length)
            throw new CommandException("Silo:Port, Silo:GatewayPort and Health:Port have to be different.");
    }
}

/// <summary>Where MongoDB is, and which databases there.</summary>
/// <param name="Options">The data, and the erasure list.</param>
/// <param name="ClusterDatabase">Membership and reminders, which a restored backup of the data must not set
/// back.</param>
internal sealed record MongoSettings(MongoOptions Options, string ClusterDatabase)
{
    internal static MongoSettings Read(SettingsReader reader)
    {
        var connection = reader.Text("MongoDB:ConnectionString");
        try
        {
            MongoClientSettings.FromConnectionString(connection);
        }
        catch (Exception e) when (e is MongoException or ArgumentException or FormatException) // quotes the password
        {
            throw SettingsReader.Wrong(
                "MongoDB:ConnectionString", "a connection string such as mongodb://host/?replicaSet=rs0");
        }
        var data = reader.Database("MongoDB:Database", "sud");
        var settings = new MongoSettings(
            new MongoOptions(connection, data)
            {
                ErasureDatabase = reader.Database("MongoDB:ErasureDatabase", data + "_erasures"),
            },
            reader.Database("MongoDB:ClusterDatabase", data + "_cluster"));
        string[] names = [data, settings.Options.ErasureDatabase, settings.ClusterDatabase];
        return names.Distinct(StringComparer.OrdinalIgnoreCase).Count() == names.Length
            ? settings
            : throw new CommandException(
                "MongoDB:Database, MongoDB:ErasureDatabase and MongoDB:ClusterDatabase have to be different: restoring "
                + "one must not set back another.");
    }

    /// <summary>Hides the connection string, which can hold a password.</summary>
    public override string ToString() => $"{Options.Database}, {Options.ErasureDatabase}, {ClusterDatabase}";
}
