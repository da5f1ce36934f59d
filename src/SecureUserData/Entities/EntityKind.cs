using SecureUserData.Applications;
using SecureUserData.Consents;
using SecureUserData.Erasures;
using SecureUserData.Following;
using SecureUserData.Ports;
using SecureUserData.Processing;
using SecureUserData.Retention;
using SecureUserData.Rotation;
using SecureUserData.Users;
using SecureUserData.Vault;

namespace SecureUserData.Entities;

/// <summary>One kind of entity, as every engine needs to know it.</summary>
/// <param name="IdType">The type of its id.</param>
/// <param name="Contract">Its public contract.</param>
/// <param name="Rank">Where it stands: calls go down only.</param>
/// <param name="Parse">Reads an id's text; null when it is another kind's.</param>
/// <param name="Create">Makes an activation.</param>
public sealed record EntityKind(
    Type IdType,
    Type Contract,
    Rank Rank,
    Func<string, IEntityId?> Parse,
    Func<IEntityId, IPorts, IEntityContext, DomainServices, IActivation> Create)
{
    /// <summary>All kinds.</summary>
    public static IReadOnlyList<EntityKind> All { get; } =
    [
        Of<InstallationId, IInstallation>(
            Rank.Overview,
            text => text == default(InstallationId).ToString() ? default(InstallationId) : null,
            (id, slot, context, services) => new Installation(id, slot, context, services)),
        Of<OverviewId, IOverview>(
            Rank.Overview,
            text => OverviewId.TryParse(text, out var id) ? id : null,
            (id, _, context, _) => new Overview(id, context)),
        Of<ErasureId, IErasure>(
            Rank.Overview,
            text => ErasureId.TryParse(text, out var id) ? id : null,
            (id, slot, context, services) => new Erasure(id, slot, context, services)),
        Of<RetentionId, IRetention>(
            Rank.Overview,
            text => RetentionId.TryParse(text, out var id) ? id : null,
            (id, slot, context, services) => new RetentionSchedule(id, slot, context, services)),
        Of<RotationId, IRotation>(
            Rank.Rotation,
            text => RotationId.TryParse(text, out var id) ? id : null,
            (id, slot, context, services) => new ApplicationRotation(id, slot, context, services)),
        Of<MasterRotationId, IMasterRotation>(
            Rank.Rotation,
            text => text == default(MasterRotationId).ToString() ? default(MasterRotationId) : null,
            (id, slot, context, services) => new MasterRotation(id, slot, context, services)),
        Of<SweepPartitionId, ISweepPartition>(
            Rank.Sweep,
            text => SweepPartitionId.TryParse(text, out var id) ? id : null,
            (id, _, context, services) => new SweepPartition(id, context, services)),
        Of<FollowerId, IFollower>(
            Rank.Following,
            text => FollowerId.TryParse(text, out var id) ? id : null,
            (_, _, context, services) => new Follower(context, services)),
        Of<ReadAllId, IReadAll>(
            Rank.Overview,
            text => ReadAllId.TryParse(text, out var id) ? id : null,
            (id, _, context, services) => new ReadAll(id, context, services)),
        Of<ConsentId, IConsent>(
            Rank.Consent,
            text => text.Contains('/') && text.StartsWith("usr_", StringComparison.Ordinal)
                ? ConsentId.Parse(text)
                : null,
            (id, slot, context, services) => new Consent(id, slot, context, services)),
        Of<UserId, IUser>(
            Rank.Subject,
            text => UserId.TryParse(text, out var id) ? id : null,
            (id, slot, context, services) => new User(id, slot, context, services)),
        Of<LookUpsId, ILookUps>(
            Rank.Subject,
            text => LookUpsId.TryParse(text, out var id) ? id : null,
            (id, _, context, services) => new LookUps(id, context, services)),
        Of<VaultId, IVault>(
            Rank.Consent,
            text => VaultId.TryParse(text, out var id) ? id : null,
            (id, slot, context, services) => new VaultDirectory(id, slot, context, services)),
        Of<VaultShelfId, IVaultShelf>(
            Rank.Subject,
            text => VaultShelfId.TryParse(text, out var id) ? id : null,
            (id, slot, context, services) => new VaultShelf(id, slot, context, services)),
        Of<VaultItemId, IVaultItem>(
            Rank.Overview,
            text => VaultItemId.TryParse(text, out var id) ? id : null,
            (id, slot, context, services) => new VaultItem(id, slot, context, services)),
        Of<ScriptId, IScript>(
            Rank.Subject,
            text => ScriptId.TryParse(text, out var id) ? id : null,
            (id, slot, context, services) => new Script(id, slot, context, services)),
        Of<AppId, IApplication>(
            Rank.Application,
            text => AppId.TryParse(text, out var id) ? id : null,
            (id, slot, context, services) => new Application(id, slot, context, services)),
    ];

    /// <summary>The id that a text names.</summary>
    /// <param name="text">The text of an id.</param>
    /// <returns>The id; null when no kind knows it.</returns>
    public static IEntityId? ParseId(string text) =>
        All.Select(kind => kind.Parse(text)).FirstOrDefault(id => id is not null);

    private static EntityKind Of<TId, TContract>(
        Rank rank,
        Func<string, IEntityId?> parse,
        Func<TId, IStateSlot, IEntityContext, DomainServices, IActivation> create)
        where TId : IEntityId<TContract>
        where TContract : class, IEntity =>
        new(typeof(TId), typeof(TContract), rank, parse, (id, ports, context, services) =>
            create((TId)id, ports.Slot(id.ToString()!), context, services));
}
