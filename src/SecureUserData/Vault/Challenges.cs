using System.Buffers.Binary;
using System.Security.Cryptography;
using SecureUserData.Vault.Ledger;

namespace SecureUserData.Vault;

/// <summary>The challenges of sign-ins. What was asked is in the nonce itself, <c>{ time(8) || random(8) || MAC(16)
/// }</c>, and not kept: however many are asked for by whomever, none of another user's is lost. Only those that a right
/// signature has answered are remembered, until they would have ended.</summary>
internal sealed class Challenges
{
    private const int Random = 8;
    private const int Asked = sizeof(long) + Random;

    private readonly byte[] _key = RandomNumberGenerator.GetBytes(32);
    private readonly Dictionary<string, DateTimeOffset> _answered = [];

    internal byte[] Next(VaultUserId user, byte[] clientNonce, DateTimeOffset now)
    {
        var nonce = new byte[VaultSignIn.NonceLength];
        BinaryPrimitives.WriteInt64BigEndian(nonce, now.ToUnixTimeMilliseconds());
        RandomNumberGenerator.Fill(nonce.AsSpan(sizeof(long), Random));
        Mac(user, clientNonce, nonce).CopyTo(nonce, Asked);
        return nonce;
    }

    /// <summary>Whether it answers a challenge of this activation's, for this user and in time.</summary>
    internal bool IsOpen(VaultSignIn answer, DateTimeOffset now)
    {
        foreach (var (ended, _) in _answered.Where(answered => answered.Value < now).ToList()) _answered.Remove(ended);
        return answer.ServerNonce.Length == VaultSignIn.NonceLength
            && CryptographicOperations.FixedTimeEquals(
                Mac(answer.User, answer.ClientNonce, answer.ServerNonce), answer.ServerNonce.AsSpan(Asked))
            && now <= Until(answer);
    }

    /// <summary>Whether it is the first right answer.</summary>
    internal bool Close(VaultSignIn answer) => _answered.TryAdd(Name(answer), Until(answer));

    private static string Name(VaultSignIn answer) => Convert.ToBase64String(answer.ServerNonce);

    private static DateTimeOffset Until(VaultSignIn answer) => DateTimeOffset.FromUnixTimeMilliseconds(
        BinaryPrimitives.ReadInt64BigEndian(answer.ServerNonce)) + VaultLimits.ChallengeTime;

    private byte[] Mac(VaultUserId user, byte[] clientNonce, byte[] nonce) => HMACSHA256.HashData(
        _key, new FieldWriter().Text($"{user}").Bytes(clientNonce).Bytes(nonce.AsSpan(0, Asked)).ToArray())[..^Asked];
}
