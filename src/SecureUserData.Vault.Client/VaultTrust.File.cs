using System.Security.Cryptography;
using SecureUserData.Vault.Ledger;

namespace SecureUserData.Vault;

// What is kept of it for the next time: { context, vault, root, count, { act, signature } … } as fields, and a MAC(32)
// of them. It holds no secret; the MAC, under a key that is derived from the user's own, tells that the acts in it were
// verified once.
public sealed partial class VaultTrust
{
    private const string FileContext = "SecureUserData vault trust v1";
    private const int MacLength = HMACSHA256.HashSizeInBytes;

    /// <summary>The bytes to keep.</summary>
    /// <param name="keys">The user's.</param>
    public byte[] ToBytes(UserKeys keys)
    {
        ArgumentNullException.ThrowIfNull(keys);
        var fields = new FieldWriter().Text(FileContext).Text($"{vault}").Bytes(root).Number(_acts.Count);
        foreach (var act in _acts) fields.Bytes(act.Body).Bytes(act.Signature);
        var text = fields.ToArray();
        return [.. text, .. keys.Mac(text)];
    }

    /// <summary>Reads what was kept.</summary>
    /// <param name="bytes">The bytes.</param>
    /// <param name="keys">The user's, whose MAC is on it; null to show something of it only, for which nobody
    /// vouches.</param>
    /// <exception cref="SecureUserDataException"><see cref="ErrorCode.Invalid"/> when it is nothing that was kept;
    /// <see cref="ErrorCode.Tampered"/> when the MAC is another one.</exception>
    public static VaultTrust Parse(ReadOnlySpan<byte> bytes, UserKeys? keys)
    {
        try
        {
            var text = bytes[..Math.Max(0, bytes.Length - MacLength)];
            if (keys is not null && !CryptographicOperations.FixedTimeEquals(keys.Mac(text), bytes[text.Length..]))
                throw new SecureUserDataException(
                    ErrorCode.Tampered,
                    "What was kept of the vault was not written with these keys: restore it from a copy, or recover "
                    + "with the recovery kit.");
            var fields = new FieldReader(text);
            fields.Context(FileContext);
            var trust = new VaultTrust(fields.Vault(), fields.Bytes(FieldReader.HashLength));
            var signatures = new Signatures(areVerified: true);
            for (var count = fields.Number(); count > 0; count--)
                trust.Take(
                    new Signed(fields.Bytes().ToArray(), fields.Bytes(VerifyingKey.SignatureLength)), signatures);
            fields.End();
            return trust;
        }
        catch (SecureUserDataException e) when (e.Code != ErrorCode.Tampered)
        {
            throw SecureUserDataException.Invalid(
                "What was kept of the vault cannot be read: restore it from a copy, or recover with the recovery kit.");
        }
    }
}
