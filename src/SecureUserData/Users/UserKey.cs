using System.Security.Cryptography;
using SecureUserData.Applications;
using SecureUserData.Cryptography;

namespace SecureUserData.Users;

/// <summary>Wraps and unwraps a user's key, each under a key derived from the application's for that user
/// alone.</summary>
internal static class UserKey
{
    internal static byte[] Wrap(SecretKey key, string user, ApplicationKeys keys)
    {
        using var envelope = Wrapping(keys, keys.Key.CurrentVersion, user);
        return envelope.Seal(Binding.UserKey(keys.App.ToString(), user), key.Bytes);
    }

    internal static VersionedKeys Unwrap(UserState state, string user, ApplicationKeys keys)
    {
        var newest = Unwrap(state.WrappedKey, user, keys);
        return state.OlderKeys is null
            ? new VersionedKeys(state.KeyVersion, newest)
            : new VersionedKeys(state.OlderKeys.Keys
                .Select(older => (older.Version, Unwrap(older.WrappedKey, user, keys)))
                .Append((state.KeyVersion, newest)));
    }

    private static SecretKey Unwrap(byte[] wrapped, string user, ApplicationKeys keys)
    {
        using var envelope = Wrapping(keys, Envelope.KeyVersion(wrapped), user);
        var plaintext = envelope.Open(Binding.UserKey(keys.App.ToString(), user), wrapped).Plaintext;
        try
        {
            return SecretKey.From(plaintext);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(plaintext);
        }
    }

    private static Envelope Wrapping(ApplicationKeys keys, int version, string user)
    {
        Span<byte> key = stackalloc byte[SecretKey.Length];
        try
        {
            return keys.Key.TryDerive(version, "wrap", user, key)
                ? new Envelope(version, key)
                : throw SecureUserDataException.Tampered($"the key of {user}");
        }
        finally
        {
            CryptographicOperations.ZeroMemory(key);
        }
    }
}
