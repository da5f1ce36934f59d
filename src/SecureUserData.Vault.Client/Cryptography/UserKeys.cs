using System.Security.Cryptography;
using SecureUserData.Vault.Ledger;

namespace SecureUserData.Vault;

/// <summary>The two private keys of one user of one vault. It owns them.</summary>
public sealed class UserKeys : IDisposable
{
    private const int MaxNameLength = 128;

    /// <param name="vault">The vault's id.</param>
    /// <param name="user">The user's id.</param>
    /// <param name="sealing">Opens what is sealed for the user.</param>
    /// <param name="signing">Signs what the user does.</param>
    /// <exception cref="SecureUserDataException"><see cref="ErrorCode.Invalid"/> when an id has other characters than
    /// ASCII letters, digits and <c>- _ . @ /</c>, or more than 128.</exception>
    public UserKeys(string vault, string user, SealingKey sealing, SigningKey signing)
    {
        if (!IsName(vault) || !IsName(user))
            throw SecureUserDataException.Invalid("The id of a vault or a user in a key file has 1 to "
                + $"{MaxNameLength} ASCII letters, digits and - _ . @ / characters.");
        Vault = vault;
        User = user;
        Sealing = sealing;
        Signing = signing;
    }

    /// <summary>Fresh random keys.</summary>
    public static UserKeys Generate(string vault, string user) =>
        new(vault, user, SealingKey.Generate(), SigningKey.Generate());

    /// <summary>The vault's id.</summary>
    public string Vault { get; }

    /// <summary>The user's id.</summary>
    public string User { get; }

    /// <summary>Opens what is sealed for the user.</summary>
    public SealingKey Sealing { get; }

    /// <summary>Signs what the user does.</summary>
    public SigningKey Signing { get; }

    /// <summary>Compares with the public keys that the caller expects of this user in this vault. A key file's lines on
    /// vault, user and purpose are not authenticated, and its keys could be another file's: call this after opening
    /// one, before a key is used.</summary>
    /// <exception cref="SecureUserDataException"><see cref="ErrorCode.Tampered"/> when they differ.</exception>
    public void CheckPublicKeys(ReadOnlySpan<byte> sealing, ReadOnlySpan<byte> signing)
    {
        if (!Sealing.PublicKey.SequenceEqual(sealing) || !Signing.PublicKey.SequenceEqual(signing))
            throw new SecureUserDataException(
                ErrorCode.Tampered, "The private keys are not this user's in this vault: use the right key file.");
    }

    /// <summary>What everybody may know of them.</summary>
    internal VaultKeys ToPublic() => new(Sealing.PublicKey.ToArray(), Signing.PublicKey.ToArray());

    /// <summary>HMAC-SHA256 under a key that is derived from both private keys (HKDF-SHA256, RFC 5869): by it the user
    /// knows what the user himself has kept.</summary>
    internal byte[] Mac(ReadOnlySpan<byte> text)
    {
        Span<byte> both = stackalloc byte[2 * PrivateScalar.Length];
        Span<byte> key = stackalloc byte[HMACSHA256.HashSizeInBytes];
        try
        {
            Sealing.ExportScalar(both[..PrivateScalar.Length]);
            Signing.ExportScalar(both[PrivateScalar.Length..]);
            HKDF.DeriveKey(HashAlgorithmName.SHA256, both, key, [], "SecureUserData vault trust key v1"u8);
            return HMACSHA256.HashData(key, text);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(both);
            CryptographicOperations.ZeroMemory(key);
        }
    }

    /// <summary>Whether an id stands on one line of a key file and cannot be taken for anything else there.</summary>
    internal static bool IsName(string text) => text.Length is > 0 and <= MaxNameLength
        && text.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' or '.' or '@' or '/');

    /// <inheritdoc/>
    public void Dispose()
    {
        Sealing.Dispose();
        Signing.Dispose();
    }
}
