using System.Text;

namespace SecureUserData.Vault;

/// <summary>An AEAD with all that goes with it: DHKEM(P-256, HKDF-SHA256), HKDF-SHA256, mode base.</summary>
internal sealed class HpkeSuite
{
    /// <summary>RFC 9180 §7.2: HKDF-SHA256.</summary>
    private const byte Kdf = 0x01;

    /// <summary>Only the RFC's vectors use it.</summary>
    internal static readonly HpkeSuite Aes128Gcm = new(aead: 0x01, keyLength: 16);

    /// <summary>What the vault uses.</summary>
    internal static readonly HpkeSuite Aes256Gcm = new(aead: 0x02, keyLength: 32);

    private HpkeSuite(byte aead, int keyLength)
    {
        KeyLength = keyLength;
        Hkdf = new([.. Encoding.ASCII.GetBytes("HPKE"), HpkeKem.Id >> 8, HpkeKem.Id & 0xff, 0, Kdf, 0, aead]);
        PskIdHash = new byte[LabeledHkdf.Length];
        Hkdf.Extract([], "psk_id_hash", [], PskIdHash);
    }

    internal int KeyLength { get; }

    internal LabeledHkdf Hkdf { get; }

    /// <summary>There is no pre-shared key in mode base, so that it is always the same.</summary>
    internal byte[] PskIdHash { get; }
}
