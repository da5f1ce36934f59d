using SecureUserData.Vault;
using System.Collections.Frozen;

namespace SecureUserData.Client.Grains;

/// <summary>Which grain is behind which id.</summary>
internal static class GrainNames
{
    internal const string Installation = "installation";
    internal const string Application = "application";
    internal const string User = "user";
    internal const string LookUps = "look-ups";
    internal const string Overview = "overview";
    internal const string Script = "script";
    internal const string Consent = "consent";
    internal const string ReadAll = "read-all";
    internal const string Erasure = "erasure";
    internal const string Retention = "retention";
    internal const string Rotation = "rotation";
    internal const string MasterRotation = "master-rotation";
    internal const string Follower = "follower";
    internal const string Vault = "vault";
    internal const string VaultItem = "vault-item";
    internal const string SignIn = "sign-in";

    /// <summary>The grains that clients know, by the type of the id.</summary>
    internal static readonly FrozenDictionary<Type, PublicGrain> Public = new[]
    {
        Of<InstallationId, IInstallation, IInstallationGrain>(Installation),
        Of<AppId, IApplication, IApplicationGrain>(Application),
        Of<UserId, IUser, IUserGrain>(User),
        Of<LookUpsId, ILookUps, ILookUpsGrain>(LookUps),
        Of<OverviewId, IOverview, IOverviewGrain>(Overview),
        Of<ScriptId, IScript, IScriptGrain>(Script),
        Of<ConsentId, IConsent, IConsentGrain>(Consent),
        Of<ReadAllId, IReadAll, IReadAllGrain>(ReadAll),
        Of<ErasureId, IErasure, IErasureGrain>(Erasure),
        Of<RetentionId, IRetention, IRetentionGrain>(Retention),
        Of<RotationId, IRotation, IRotationGrain>(Rotation),
        Of<MasterRotationId, IMasterRotation, IMasterRotationGrain>(MasterRotation),
        Of<FollowerId, IFollower, IFollowerGrain>(Follower),
        Of<VaultId, IVault, IVaultGrain>(Vault),
        Of<VaultItemId, IVaultItem, IVaultItemGrain>(VaultItem),
    }.ToFrozenDictionary(grain => grain.IdType);

    /// <summary>A reference to the grain behind an id.</summary>
    /// <exception cref="SecureUserDataException"><see cref="ErrorCode.Invalid"/> when it is no id of ours.</exception>
    internal static TEntity Get<TEntity>(IGrainFactory grains, IEntityId<TEntity> id) where TEntity : class, IEntity =>
        Public.TryGetValue(id.GetType(), out var grain)
            ? (TEntity)grain.Get(grains, grain.Id(id))
            : throw SecureUserDataException.Invalid(
                "There is no such kind of entity: use the id types of SecureUserData.");

    /// <summary>The door. Which activation of it is called does not matter.</summary>
    internal static ISignInGrain GetSignIn(IGrainFactory grains) =>
        grains.GetGrain<ISignInGrain>(GrainId.Create(SignIn, SignIn));

    private static PublicGrain Of<TId, TContract, TGrain>(string name)
        where TId : IEntityId<TContract>
        where TContract : class, IEntity
        where TGrain : class, TContract, IAddressable =>
        new(typeof(TId), name, typeof(TGrain), TypedGrain<TGrain>.Get);
}

/// <summary>A grain that clients know.</summary>
/// <param name="IdType">The type of its id.</param>
/// <param name="Name">Its grain type; the key is the id's text.</param>
/// <param name="Interface">Its interface.</param>
/// <param name="Get">Makes a reference.</param>
internal sealed record PublicGrain(
    Type IdType, string Name, Type Interface, Func<IGrainFactory, GrainId, object> Get)
{
    private readonly GrainType _type = GrainType.Create(Name);

    /// <summary>The grain's id.</summary>
    internal GrainId Id(IEntityId id) => GrainId.Create(_type, id.ToString()!);
}
