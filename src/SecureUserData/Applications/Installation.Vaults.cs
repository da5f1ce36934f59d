using SecureUserData.Vault;

namespace SecureUserData.Applications;

// The installation's vaults.
public partial class Installation
{
    /// <inheritdoc/>
    public async Task<VaultId> AddVaultAsync(VaultUserId administrator, byte[] invitationKey)
    {
        Demand();
        var founder = Founder(administrator, invitationKey);
        var application = await RegisterApplicationAsync(new ApplicationSettings("Vault")); // whom nobody signs in as
        var vault = new VaultId(application.Id);
        var vaults = State!.Vaults.IsDefault ? [] : State.Vaults;
        await Internals(vault).InitializeAsync(founder, areOperators: vaults.IsEmpty);
        await SaveAsync(State with { Vaults = vaults.Add(vault.App) });
        return vault;
    }

    /// <inheritdoc/>
    public Task InviteFounderAsync(VaultId vault, VaultUserId administrator, byte[] invitationKey)
    {
        var state = Demand();
        if (state.Vaults.IsDefault || !state.Vaults.Contains(vault.App))
            throw SecureUserDataException.NotFound("vault");
        return Internals(vault).InitializeAsync(
            Founder(administrator, invitationKey), areOperators: state.Vaults[0] == vault.App);
    }

    /// <inheritdoc/>
    public Task<IReadOnlyList<VaultId>> ListVaultsAsync() => Task.FromResult<IReadOnlyList<VaultId>>(
        Demand().Vaults is { IsDefault: false } vaults ? [.. vaults.Select(app => new VaultId(app))] : []);

    private IVaultInternals Internals(VaultId vault) => Context.Internal<IVaultInternals>(vault);

    private VaultFounder Founder(VaultUserId administrator, byte[] invitationKey)
    {
        VerifyingKey.From(invitationKey).Dispose();
        return new VaultFounder(administrator, invitationKey, Now + VaultLimits.FoundingTime);
    }
}
