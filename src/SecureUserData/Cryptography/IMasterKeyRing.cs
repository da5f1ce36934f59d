namespace SecureUserData.Cryptography;

/// <summary>The master keys, newest first. A key management service can take the ring's place: it is asked for one
/// derived key per application and never for a master key.</summary>
public interface IMasterKeyRing
{
    /// <summary>The versions in the ring, newest first.</summary>
    IReadOnlyList<int> Versions { get; }

    /// <summary>Derives the key for one use of one holder (HKDF-Expand, RFC 5869).</summary>
    /// <param name="version">A version in the ring.</param>
    /// <param name="label">The use.</param>
    /// <param name="context">The holder.</param>
    /// <exception cref="SecureUserDataException"><see cref="ErrorCode.Unavailable"/> when the version is not in the
    /// ring.</exception>
    SecretKey Derive(int version, string label, string context);

    /// <summary>A value that tells two master keys apart and says nothing else about them.</summary>
    string CheckValue(int version);
}
