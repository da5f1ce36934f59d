using System.Security.Cryptography;
using SecureUserData.Applications;
using SecureUserData.Ports;

namespace SecureUserData.Cryptography;

/// <summary>Seals and opens the states of entities. Each entity's state has a key of its own, derived from the owner's,
/// so that a key seals no more often than its entity is saved and nothing need be counted.</summary>
/// <param name="owner">Whose key it is: an application's id, or <c>master</c>.</param>
/// <param name="currentVersion">The version that seals.</param>
/// <param name="derive">Derives the key of an entity in a version; false when that version is gone.</param>
internal sealed class StateSeal(string owner, int currentVersion, StateSeal.Derivation derive)
{
    /// <summary>The label that states' keys are derived with.</summary>
    internal const string Label = "state";

    /// <summary>The owner of a state that is sealed under the master key.</summary>
    internal const string MasterOwner = "master";

    internal delegate bool Derivation(int version, string entity, Span<byte> key);

    internal static StateSeal Of(IMasterKeyRing masters) => Of(masters, masters.Versions[0]);

    internal static StateSeal Of(IMasterKeyRing masters, int currentVersion) => new(
        MasterOwner,
        currentVersion,
        (version, entity, key) =>
        {
            if (!masters.Versions.Contains(version)) return false;
            using var derived = masters.Derive(version, Label, entity);
            derived.Bytes.CopyTo(key);
            return true;
        });

    internal static StateSeal Of(ApplicationKeys keys) => new(
        keys.Name,
        keys.State.CurrentVersion,
        (version, entity, key) => keys.State.TryDerive(version, Label, entity, key));

    internal StoredState Seal(string entity, long version, IReadOnlyList<string> tags, byte[] plaintext)
    {
        using var envelope = Open(currentVersion, entity);
        var body = envelope.Seal(Binding.State(owner, entity, version, tags), plaintext);
        CryptographicOperations.ZeroMemory(plaintext);
        return new StoredState(version, owner, tags, body);
    }

    /// <exception cref="SecureUserDataException"><see cref="ErrorCode.Tampered"/> when anything about the stored state
    /// is not as it was sealed.</exception>
    internal byte[] Open(string entity, StoredState stored)
    {
        if (stored.Owner != owner) throw SecureUserDataException.Tampered($"the state of {entity}");
        using var envelope = Open(Envelope.KeyVersion(stored.Body), entity);
        return envelope.Open(Binding.State(stored.Owner, entity, stored.Version, stored.Tags), stored.Body).Plaintext;
    }

    private Envelope Open(int version, string entity)
    {
        Span<byte> key = stackalloc byte[SecretKey.Length];
        try
        {
            return derive(version, entity, key)
                ? new Envelope(version, key)
                : throw SecureUserDataException.Tampered($"the state of {entity}");
        }
        finally
        {
            CryptographicOperations.ZeroMemory(key);
        }
    }
}
