using System.Buffers.Binary;
using System.Security.Cryptography;
using SecureUserData.Applications;
using SecureUserData.Ports;

namespace SecureUserData.Cryptography;

/// <summary>Seals and opens the states of entities. Each entity's state has a key of its own, derived from the owner's,
/// so that a key seals no more often than its entity is saved and nothing need be counted.</summary>
/// <param name="owner">Whose key it is: an application's id, or <c>master</c>.</param>
/// <param name="currentVersion">The version that seals.</param>
/// <param name="derive">The key of an entity in a version; null when that version is gone.</param>
internal sealed class StateSeal(string owner, int currentVersion, Func<int, string, SecretKey?> derive)
{
    internal const string DerivationLabel = "state";

    internal static StateSeal Of(IMasterKeyRing masters) => new(
        MasterOwner,
        masters.Versions[0],
        (version, id) => masters.Versions.Contains(version) ? masters.Derive(version, DerivationLabel, id) : null);

    internal static StateSeal Of(ApplicationKeys keys) => new(
        keys.App.ToString(),
        keys.State.CurrentVersion,
        (version, id) => keys.State.Find(version)?.Derive(DerivationLabel, id));

    /// <summary>The owner of a state that is sealed under the master key.</summary>
    internal const string MasterOwner = "master";

    internal StoredState Seal(string entity, long version, IReadOnlyList<string> tags, byte[] plaintext)
    {
        using var keys = new VersionedKeys(currentVersion, derive(currentVersion, entity)!);
        using var envelope = new Envelope(keys);
        var body = envelope.Seal(Binding.State(owner, entity, version, tags), plaintext);
        CryptographicOperations.ZeroMemory(plaintext);
        return new StoredState(version, owner, tags, body);
    }

    /// <exception cref="SecureUserDataException"><see cref="ErrorCode.Tampered"/> when anything about the stored state
    /// is not as it was sealed.</exception>
    internal byte[] Open(string entity, StoredState stored)
    {
        if (stored.Owner != owner || stored.Body.Length < Envelope.Overhead)
            throw SecureUserDataException.Tampered($"the state of {entity}");
        var version = BinaryPrimitives.ReadInt32BigEndian(stored.Body.AsSpan(1));
        var key = derive(version, entity) ?? throw SecureUserDataException.Tampered($"the state of {entity}");
        using var keys = new VersionedKeys(version, key);
        using var envelope = new Envelope(keys);
        return envelope.Open(Binding.State(stored.Owner, entity, stored.Version, stored.Tags), stored.Body).Plaintext;
    }
}
