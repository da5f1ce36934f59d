using SecureUserData.Vault;

namespace SecureUserData;

/// <summary>The installation, as its operators see it. They never see users' data.</summary>
public interface IInstallation : IEntity
{
    /// <summary>Registers an application. Its credential is shown only in this answer.</summary>
    /// <exception cref="SecureUserDataException"><see cref="ErrorCode.Denied"/> for all but operators,
    /// <see cref="ErrorCode.Invalid"/> when a name breaks a limit.</exception>
    Task<RegisteredApplication> RegisterApplicationAsync(ApplicationSettings settings);

    /// <summary>Lists the applications in the order of their registration, with those whose registration failed half
    /// way; for operators.</summary>
    Task<Page<AppId>> ListApplicationsAsync(string? cursor = null, int limit = 100);

    /// <summary>Makes a vault; for operators. Its first administrator, who founds it, has
    /// <see cref="VaultLimits.FoundingTime"/> to set up. The global administrators of the installation's first vault
    /// are operators of the installation.</summary>
    /// <param name="administrator">A fresh id.</param>
    /// <param name="invitationKey">Verifies who holds the one-time secret: 65 bytes, made by who calls.</param>
    Task<VaultId> AddVaultAsync(VaultUserId administrator, byte[] invitationKey);

    /// <summary>Lets somebody else found a vault that nobody has founded in time; for operators.</summary>
    /// <param name="vault">The vault.</param>
    /// <param name="administrator">A fresh id.</param>
    /// <param name="invitationKey">Verifies who holds the one-time secret.</param>
    /// <exception cref="SecureUserDataException"><see cref="ErrorCode.Conflict"/> when it has been founded, or may be
    /// yet.</exception>
    Task InviteFounderAsync(VaultId vault, VaultUserId administrator, byte[] invitationKey);

    /// <summary>Lists the vaults in the order in which they were made; for operators.</summary>
    Task<IReadOnlyList<VaultId>> ListVaultsAsync();

    /// <summary>The public key that erasure certificates are verified with (PEM, SubjectPublicKeyInfo); for everybody
    /// who is signed in. Publish it where people trust it.</summary>
    Task<string> GetCertificateKeyAsync();

    /// <summary>The installation's own chain of the access log, oldest first; for operators.</summary>
    /// <param name="after">The sequence number of the last entry already seen; 0 to begin.</param>
    /// <param name="limit">At most this many entries, 1 to <see cref="Limits.PageItems"/>.</param>
    Task<IReadOnlyList<AccessLogEntry>> ReadLogAsync(long after = 0, int limit = 100);
}

/// <summary>What an application declares about itself.</summary>
/// <param name="Name">Its name, as users see it; at most <see cref="Limits.TitleLength"/> characters.</param>
public sealed record ApplicationSettings(string Name)
{
    /// <summary>Fields that no two users share, compared without regard to case and Unicode form.</summary>
    public IReadOnlyList<string> UniqueFields { get; init; } = [];

    /// <summary>Fields that users can be looked up by, although several may share a value.</summary>
    public IReadOnlyList<string> IndexedFields { get; init; } = [];

    /// <summary>Earlier values that are kept of each field, 0 to <see cref="Limits.FieldVersions"/>; 0 keeps none, null
    /// <see cref="Limits.UsualFieldVersions"/>.</summary>
    public int? FieldVersions { get; init; }

    /// <summary>How long users' data is kept; null for no rule. <see cref="IApplication.SetRetentionAsync"/> changes
    /// it.</summary>
    public RetentionRules? Retention { get; init; }
}

/// <summary>A new application.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Credential">Its credential, shown only here.</param>
public sealed record RegisteredApplication(AppId Id, Credential Credential);
