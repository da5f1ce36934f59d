using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace SecureUserData.Cryptography;

/// <summary>Finds equal values without storing them: <c>HMAC-SHA-256(key of the field, normalised value)</c>.</summary>
internal static class BlindIndex
{
    /// <summary>The version of <see cref="Normalise"/>; part of every tag, so that a better one can come.</summary>
    internal const int Normalisation = 1;

    private const string Prefix = "ix/";

    /// <summary>The key of a field: equal values of two fields do not look alike.</summary>
    internal static SecretKey FieldKey(SecretKey indexKey, string field) => indexKey.Derive("index", field);

    /// <summary>The tag that a state carries: <c>ix/{ key version }.{ normalisation }/{ HMAC }</c>.</summary>
    internal static string Tag(SecretKey fieldKey, int keyVersion, string value)
    {
        var bytes = Encoding.UTF8.GetBytes(Normalise(value));
        try
        {
            var mac = fieldKey.Mac(bytes);
            return $"{Prefix}{keyVersion}.{Normalisation}/{Base32.Encode(mac)}";
        }
        finally
        {
            CryptographicOperations.ZeroMemory(bytes);
        }
    }

    /// <summary>The version of the index key that made a tag; 0 when it is no tag of an index.</summary>
    internal static int KeyVersion(string tag)
    {
        if (!tag.StartsWith(Prefix, StringComparison.Ordinal)) return 0;
        var version = tag.AsSpan(Prefix.Length);
        var end = version.IndexOf('.');
        return end > 0 && int.TryParse(version[..end], NumberStyles.None, CultureInfo.InvariantCulture, out var number)
            ? number
            : 0;
    }

    /// <summary>Makes values alike that differ only in outer spaces, Unicode form (NFKC, Unicode TR 15) or case (simple
    /// mapping, up and down, which also joins final sigma, long s and the Kelvin sign).</summary>
    internal static string Normalise(string value) => value
        .Trim()
        .Normalize(NormalizationForm.FormKC)
        .ToUpperInvariant()
        .ToLowerInvariant()
        .Normalize(NormalizationForm.FormKC);

    /// <summary>Refuses to run where Unicode normalisation silently does nothing (invariant globalization).</summary>
    /// <exception cref="SecureUserDataException"><see cref="ErrorCode.Unavailable"/>.</exception>
    internal static void CheckNormalisation()
    {
        if (Normalise("Ｅ\u0301") != Normalise("\u00e9"))
            throw SecureUserDataException.Unavailable(
                "Unicode normalisation does not work in this process, so unique fields would not be unique: "
                + "install ICU (libicu) and unset DOTNET_SYSTEM_GLOBALIZATION_INVARIANT.");
    }
}
