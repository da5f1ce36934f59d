using System.Globalization;
using System.Net;
using System.Text.Json;

namespace SecureUserData.Silo.Settings;

/// <summary>Reads settings one by one, so that it knows in the end which of those given there are not.</summary>
internal sealed class SettingsReader
{
    private const string Prefix = "SUD_";

    /// <summary>What belongs to the keys, to the command <c>sud</c> or to tests.</summary>
    private static readonly string[] NoSettings =
        ["MASTER_KEY", "MASTER_KEY_FILE", "CREDENTIAL", "ERASURE_LIST", "SEED", "FAULTS", "ANCHOR_", "TEST_"];

    private readonly SortedSet<string> _known = new(StringComparer.OrdinalIgnoreCase);
    private readonly IConfiguration _settings;

    internal SettingsReader(Surroundings around, string? file)
    {
        var builder = new ConfigurationBuilder();
        if (file is not null) builder.AddJsonStream(Open(around.FullPath(file)));
        else if (File.Exists(around.FullPath("silo.json"))) builder.AddJsonStream(Open(around.FullPath("silo.json")));
        builder.AddInMemoryCollection(around.Variables
            .Where(variable => variable.Key.StartsWith(Prefix, StringComparison.Ordinal))
            .Select(variable => KeyValuePair.Create(variable.Key[Prefix.Length..], (string?)variable.Value))
            .Where(variable => !NoSettings.Any(name => name.EndsWith('_')
                ? variable.Key.StartsWith(name, StringComparison.Ordinal)
                : variable.Key == name))
            .Select(variable => KeyValuePair.Create(variable.Key.Replace("__", ":"), variable.Value)));
        try
        {
            _settings = builder.Build();
        }
        catch (Exception e) when (e is FormatException or JsonException) // whose message may quote a secret
        {
            throw new CommandException("The file of settings is not valid JSON, or names a setting twice: repair it.");
        }
    }

    internal string? Find(string name)
    {
        _known.Add(name);
        return _settings[name] is { Length: > 0 } text ? text : null;
    }

    internal string Text(string name) => Find(name) ?? throw new CommandException(
        $"The setting {name} is missing: put it into the file of settings, or set {VariableOf(name)}.");

    internal int Port(string name, int otherwise) => Find(name) switch
    {
        null => otherwise,
        var text when int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var port)
            && port is > 0 and < 65536 => port,
        _ => throw Wrong(name, "a port from 1 to 65535"),
    };

    internal bool Flag(string name) => Find(name) switch
    {
        null => false,
        var text when bool.TryParse(text, out var flag) => flag,
        _ => throw Wrong(name, "true or false"),
    };

    internal TimeSpan Duration(string name, TimeSpan otherwise, TimeSpan least, TimeSpan most) => Find(name) switch
    {
        null => otherwise,
        var text when TimeSpan.TryParse(text, CultureInfo.InvariantCulture, out var duration)
            && duration >= least && duration <= most => duration,
        _ => throw Wrong(name, $"a time such as 00:05:00, from {least:c} to {most:c}"),
    };

    internal IPAddress Address(string name, IPAddress otherwise) => Find(name) switch
    {
        null => otherwise,
        var text when IPAddress.TryParse(text, out var address) => address,
        _ => throw Wrong(name, "an IP address"),
    };

    /// <summary>An address that may be given by its name; names are resolved once, now.</summary>
    internal IPAddress Host(string name, IPAddress otherwise)
    {
        if (Find(name) is not { } text) return otherwise;
        if (IPAddress.TryParse(text, out var address)) return address;
        try
        {
            var found = Dns.GetHostAddresses(text);
            return found.OrderBy(one => one.AddressFamily).First(); // IPv4 first
        }
        catch (Exception e) when (e is System.Net.Sockets.SocketException or ArgumentException)
        {
            throw Wrong(name, "an IP address, or a host name that can be resolved here");
        }
    }

    internal Uri? Endpoint(string name) => Find(name) switch
    {
        null => null,
        var text when Uri.TryCreate(text, UriKind.Absolute, out var uri) && uri.Scheme is "http" or "https" => uri,
        _ => throw Wrong(name, "an address such as http://127.0.0.1:4317"),
    };

    /// <summary>A name that MongoDB takes for a database on every platform.</summary>
    internal string Database(string name, string otherwise) =>
        (Find(name) ?? otherwise) is { Length: <= 38 } text
        && text.All(c => char.IsAsciiLetterOrDigit(c) || c is '_' or '-')
            ? text
            : throw Wrong(name, "up to 38 letters, digits, _ and -");

    /// <summary>A setting that is misspelt would otherwise be one that is not in force.</summary>
    internal void RefuseUnknown()
    {
        foreach (var (name, value) in _settings.AsEnumerable())
            if (value is not null && !_known.Contains(name))
                throw new CommandException(
                    $"There is no setting {name}. There are: {string.Join(", ", _known)}.");
    }

    internal static CommandException Wrong(string name, string what) =>
        new($"The setting {name} has to be {what}: change it in the file of settings or in {VariableOf(name)}.");

    private static string VariableOf(string name) => Prefix + name.Replace(":", "__");

    private static Stream Open(string path) => File.Exists(path)
        ? new MemoryStream(File.ReadAllBytes(path))
        : throw new CommandException($"There is no file of settings {path}: name the right one with --config.");
}
