using SecureUserData.Vault.Items;

namespace SecureUserData.Vault;

/// <summary>The act that the signer of seals knows. Who is handed a seal would take a signer who knows another chain
/// for a server that shows two.</summary>
internal static class KnownAct
{
    /// <summary>Demands that seals which go together name one act, and that it is in the chain.</summary>
    /// <param name="seals">The seals.</param>
    /// <param name="find">The chain's place after an act.</param>
    internal static async Task DemandAsync(IReadOnlyList<Seal> seals, Func<long, Task<VaultHead?>> find)
    {
        if (seals is not [var first, ..]) return;
        if (seals.Any(seal => !seal.Known.IsSame(first.Known)))
            throw SecureUserDataException.Invalid("Seals that go together are signed on top of one act.");
        if (await find(first.Known.Sequence) is not { } there || !there.IsSame(first.Known))
            throw SecureUserDataException.Conflict("The signer knows an act that is not here: look again.");
    }
}
