using System.Security.Cryptography;
using SecureUserData.Applications;
using SecureUserData.Cryptography;

namespace SecureUserData.Users;

/// <summary>Wraps and unwraps a user's key.</summary>
internal static class UserKey
{
    internal static byte[] Wrap(SecretKey key, UserId user, ApplicationKeys keys)
    {
        using var wrapping = keys.WrappingKeys(user);
        using var envelope = new Envelope(wrapping);
        return envelope.Seal(Binding.UserKey(keys.App, user.ToString()), key.Bytes);
    }

    internal static VersionedKeys Unwrap(UserState state, UserId user, ApplicationKeys keys)
    {
        using var wrapping = keys.WrappingKeys(user);
        using var envelope = new Envelope(wrapping);
        var plaintext = envelope.Open(Binding.UserKey(keys.App, user.ToString()), state.WrappedKey).Plaintext;
        try
        {
            return new VersionedKeys(state.KeyVersion, SecretKey.From(plaintext));
        }
        finally
        {
            CryptographicOperations.ZeroMemory(plaintext);
        }
    }
}
