using System.Security.Cryptography;
using SecureUserData.Vault.Items;
using SecureUserData.Vault.Ledger;

namespace SecureUserData.Vault;

/// <summary>The private keys of the groups that a user is a member of, as they are needed.</summary>
internal sealed class GroupKeyRing(
    VaultConnection connection, UserKeys keys, VaultTrust trust, Signatures signatures) : IDisposable
{
    private readonly Dictionary<(VaultGroupId Group, int Version), SealingKey> _keys = [];

    /// <summary>A version of a group's private key; null when it was not sealed to the user.</summary>
    /// <exception cref="SecureUserDataException"><see cref="ErrorCode.Tampered"/> when what is sealed is not the key
    /// that the acts name.</exception>
    internal async Task<SealingKey?> FindAsync(VaultGroupId group, int version)
    {
        if (_keys.TryGetValue((group, version), out var known)) return known;
        var seals = await connection.VaultAsync(
            vault => vault.GetGroupKeysAsync(group),
            seals => seals.All(seal => seal is { Body: not null, Signature: not null }));
        foreach (var signed in seals)
            try
            {
                Take(group, signed);
            }
            catch (SecureUserDataException e) when (
                e.Code == ErrorCode.Tampered && Seal.Read(signed.Body).KeyVersion != version)
            {
                // told to who needs that version
            }
        return _keys.GetValueOrDefault((group, version));
    }

    /// <summary>All versions of a group's private key.</summary>
    /// <exception cref="SecureUserDataException"><see cref="ErrorCode.Denied"/> when one lacks.</exception>
    internal async Task<IReadOnlyList<SealingKey>> AllAsync(VaultGroupId group)
    {
        var all = new List<SealingKey>();
        for (var version = 1; version <= trust.Ledger.Group(group).KeyVersion; version++)
            all.Add(await FindAsync(group, version) ?? throw Missing());
        return all;
    }

    internal void Add(VaultGroupId group, int version, SealingKey key) => _keys[(group, version)] = key;

    internal static SecureUserDataException Missing() => SecureUserDataException.Denied(
        "The group's key has not been sealed to you yet: one of its members does so when he signs in next.");

    private void Take(VaultGroupId group, Signed signed)
    {
        var seal = Seal.Read(signed.Body);
        if (_keys.ContainsKey((seal.Group, seal.KeyVersion))) return;
        var versions = trust.Ledger.Groups.GetValueOrDefault(group)?.KeyVersion ?? 0;
        if (seal.KeyVersion > versions || trust.IsBehind(seal.Known)) return; // of acts that were not looked at yet
        var signer = trust.Ledger.Users.GetValueOrDefault(seal.Signer)?.Keys?.Signing;
        if (signer is null || !signatures.Verify(signer, signed.Body, signed.Signature)
            || seal.Vault != trust.Vault || seal.Group != group || seal.Purpose != SealPurpose.GroupKey
            || seal.Subject != keys.User)
            throw SecureUserDataException.Tampered($"a key of {group}");
        trust.Check(seal.Known);
        var scalar = Hpke.Open(keys.Sealing, seal.Info(), seal.Binding(keys.Sealing.PublicKey), seal.Bytes);
        try
        {
            if (!PrivateScalar.IsValid(scalar)) throw SecureUserDataException.Tampered($"a key of {group}");
            var key = SealingKey.From(scalar);
            if (key.PublicKey.SequenceEqual(trust.Ledger.Groups[group].Keys[seal.KeyVersion - 1]))
            {
                _keys[(group, seal.KeyVersion)] = key;
                return;
            }
            key.Dispose();
            throw SecureUserDataException.Tampered($"a key of {group}");
        }
        finally
        {
            CryptographicOperations.ZeroMemory(scalar);
        }
    }

    public void Dispose()
    {
        foreach (var key in _keys.Values) key.Dispose();
        _keys.Clear();
    }
}
