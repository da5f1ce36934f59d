using SecureUserData.Vault.Items;

namespace SecureUserData.Vault.Ledger;

/// <summary>The rules of the seals of groups' private keys: a group's members, and nobody else, have them.</summary>
/// <param name="ledger">The users and groups, after the act that the seals go with.</param>
/// <param name="signer">Who has to have signed them.</param>
/// <param name="signatures">Verifies.</param>
public sealed class GroupKeySeals(LedgerState ledger, VaultUserId signer, Signatures signatures)
{
    /// <summary>Checks the seals that go with an act.</summary>
    /// <exception cref="SecureUserDataException"><see cref="ErrorCode.Invalid"/> when one lacks or does not
    /// belong.</exception>
    public IReadOnlyList<Seal> Check(VaultAct act, IReadOnlyList<Signed> seals)
    {
        var needed = act switch
        {
            AddGroup add => Newest(add.Group),
            RenewGroupKey renew => Newest(renew.Group),
            RemoveMember { PublicKey: not null } remove => Newest(remove.Group),
            SetMember set when ledger.Active(set.User) is not null && seals.Count > 0 => All(set.Group, set.User),
            _ => [],
        };
        var read = Read(seals);
        if (read.Count != needed.Count
            || read.Any(seal => !needed.Contains((seal.Group, seal.KeyVersion, seal.Subject))))
            throw SecureUserDataException.Invalid(
                "The seals of the group's key are not those that its members need: one for each member and version.");
        return read;
    }

    /// <summary>Checks seals for members who waited for them.</summary>
    public IReadOnlyList<Seal> Check(VaultGroupId group, IReadOnlyList<Signed> seals)
    {
        if (!ledger.Group(group).Members.ContainsKey(signer) || ledger.Active(signer) is null)
            throw SecureUserDataException.Denied("Only a member of the group may hand its key on.");
        var read = Read(seals);
        foreach (var seal in read)
            if (seal.Group != group || seal.KeyVersion > ledger.Group(group).KeyVersion
                || !VaultUserId.TryParse(seal.Subject, out var member) || ledger.Active(member) is null
                || !ledger.Group(group).Members.ContainsKey(member))
                throw SecureUserDataException.Invalid("That is a seal for somebody who is not in this group.");
        if (read.GroupBy(seal => seal.Subject).Any(member => member.Count() != ledger.Group(group).KeyVersion))
            throw SecureUserDataException.Invalid("A member needs the group's key in all its versions: seal each.");
        return read;
    }

    private List<Seal> Read(IReadOnlyList<Signed> seals)
    {
        var read = new List<Seal>(seals.Count);
        foreach (var signed in seals)
        {
            var seal = Seal.Read(signed.Body);
            if (!seal.IsWhole || seal.Vault != ledger.Vault || seal.Purpose != SealPurpose.GroupKey
                || seal.Signer != signer || seal.Version != 0)
                throw SecureUserDataException.Invalid("That is no seal of a group's key by who sends it.");
            signatures.Demand(ledger.Active(signer)!.Keys!.Signing, signed.Body, signed.Signature, "a seal");
            read.Add(seal);
        }
        return read.DistinctBy(seal => (seal.Group, seal.KeyVersion, seal.Subject)).Count() == read.Count
            ? read
            : throw SecureUserDataException.Invalid("A seal is there twice: send each once.");
    }

    private HashSet<(VaultGroupId, int, string)> Newest(VaultGroupId id)
    {
        var group = ledger.Group(id);
        return [.. group.Members.Keys.Where(member => ledger.Active(member) is not null)
            .Select(member => (id, group.KeyVersion, $"{member}"))];
    }

    private HashSet<(VaultGroupId, int, string)> All(VaultGroupId id, VaultUserId member) =>
        [.. Enumerable.Range(1, ledger.Group(id).KeyVersion).Select(version => (id, version, $"{member}"))];
}
