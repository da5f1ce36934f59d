using System.Security.Cryptography;
using System.Text;
using SecureUserData.Applications;

namespace SecureUserData.Cryptography;

/// <summary>Finds equal values without storing them: <c>HMAC-SHA-256(key of the field, normalised value)</c>.</summary>
internal static class BlindIndex
{
    /// <summary>The version of <see cref="Normalise"/>; part of every tag, so that a better one can come.</summary>
    internal const int Normalisation = 1;

    /// <summary>The tag that a state carries for a value: <c>ix/{ key version }.{ normalisation }/{ HMAC }</c>. Fields
    /// have keys of their own, so equal values of two fields do not look alike.</summary>
    internal static string Tag(ApplicationKeys keys, string field, string value)
    {
        var bytes = Encoding.UTF8.GetBytes(Normalise(value));
        try
        {
            var mac = keys.IndexKey(field).Mac(bytes);
            return $"ix/{keys.Index.CurrentVersion}.{Normalisation}/{Base32.Encode(mac)}";
        }
        finally
        {
            CryptographicOperations.ZeroMemory(bytes);
        }
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
