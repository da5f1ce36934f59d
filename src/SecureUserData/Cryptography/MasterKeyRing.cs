using System.Globalization;
using System.Security.Cryptography;

namespace SecureUserData.Cryptography;

/// <summary>Master keys held in memory, as in <c>2:base64,1:base64</c>, newest first.</summary>
public sealed class MasterKeyRing : IMasterKeyRing, IDisposable
{
    private readonly VersionedKeys _keys;

    private MasterKeyRing(IReadOnlyList<(int Version, SecretKey Key)> keys)
    {
        _keys = new VersionedKeys(keys);
        Versions = [.. keys.Select(key => key.Version)];
    }

    /// <inheritdoc/>
    public IReadOnlyList<int> Versions { get; }

    /// <summary>A fresh ring of one key, as text: keep it where the data is not.</summary>
    /// <param name="version">The key's version; 1 for the first one.</param>
    public static string Generate(int version = 1)
    {
        using var key = SecretKey.Random();
        return string.Create(
            CultureInfo.InvariantCulture, $"{version}:{Convert.ToBase64String(key.Bytes)}");
    }

    /// <summary>Reads a ring.</summary>
    /// <param name="text">Pairs of version and key, separated by commas, newest first; each key 32 bytes in
    /// base64.</param>
    /// <exception cref="SecureUserDataException"><see cref="ErrorCode.Invalid"/>; the message does not hold the
    /// key.</exception>
    public static MasterKeyRing Parse(string text)
    {
        var keys = new List<(int Version, SecretKey Key)>();
        foreach (var part in text.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
        {
            var colon = part.IndexOf(':');
            var bytes = new byte[SecretKey.Length + 3];
            if (colon < 1
                || !int.TryParse(part[..colon], NumberStyles.None, CultureInfo.InvariantCulture, out var version)
                || version < 1
                || !Convert.TryFromBase64String(part[(colon + 1)..], bytes, out var written)
                || written != SecretKey.Length)
                throw Malformed();
            if (keys.Count > 0 && version >= keys[^1].Version) throw Malformed();
            keys.Add((version, SecretKey.From(bytes.AsSpan(0, SecretKey.Length))));
            CryptographicOperations.ZeroMemory(bytes);
        }
        return keys.Count > 0 ? new MasterKeyRing(keys) : throw Malformed();
    }

    /// <inheritdoc/>
    public SecretKey Derive(int version, string label, string context) =>
        (_keys.Find(version) ?? throw SecureUserDataException.Unavailable(
            $"The master key ring lacks version {version}: put it back into the ring.")).Derive(label, context);

    /// <inheritdoc/>
    public string CheckValue(int version)
    {
        using var check = Derive(version, "check", "master");
        return Base32.Encode(check.Bytes[..10]);
    }

    /// <inheritdoc/>
    public void Dispose() => _keys.Dispose();

    private static SecureUserDataException Malformed() => SecureUserDataException.Invalid(
        "The master key ring is malformed: write VERSION:KEY pairs separated by commas, newest version first, "
        + "each key 32 bytes in base64, as in '1:…' from 'sud init'.");
}
