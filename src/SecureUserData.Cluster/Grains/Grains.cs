using Orleans.Placement;
using SecureUserData.Applications;
using SecureUserData.Client.Grains;
using SecureUserData.Cluster.Hosting;
using SecureUserData.Consents;
using SecureUserData.Erasures;
using SecureUserData.Following;
using SecureUserData.Processing;
using SecureUserData.Retention;
using SecureUserData.Rotation;
using SecureUserData.Users;
using SecureUserData.Vault;

namespace SecureUserData.Cluster.Grains;

// A grain adds nothing to its entity: it names the interfaces that it is called through.

/// <summary>The installation as a grain.</summary>
[GrainType(GrainNames.Installation)]
public sealed class InstallationGrain(EntityContext context)
    : Installation(default, context.Slot, context, context.Services),
        IInstallationGrain, IInstallationInternalsGrain, IInstallationRotationGrain, ICredentialHolderGrain,
        IWakeableGrain, IEntityGrain
{
    EntityContext IEntityGrain.EntityContext => context;
}

/// <summary>An application as a grain.</summary>
[GrainType(GrainNames.Application)]
public sealed class ApplicationGrain(EntityContext context)
    : Application(AppId.Parse(context.Name), context.Slot, context, context.Services),
        IApplicationGrain, IApplicationInternalsGrain, IApplicationRotationGrain, ICredentialHolderGrain,
        IWakeableGrain, IEntityGrain
{
    EntityContext IEntityGrain.EntityContext => context;
}

/// <summary>A user as a grain.</summary>
[GrainType(GrainNames.User)]
[BesideUser]
public sealed class UserGrain(EntityContext context)
    : User(UserId.Parse(context.Name), context.Slot, context, context.Services),
        IUserGrain, IUserInternalsGrain, IUserErasureGrain, IUserRotationGrain, ICredentialHolderGrain, IResealedGrain,
        IWakeableGrain, IEntityGrain
{
    EntityContext IEntityGrain.EntityContext => context;
}

/// <summary>A part of an application's look-ups as a grain: any silo will do.</summary>
[GrainType(GrainNames.LookUps)]
[RandomPlacement]
public sealed class LookUpsGrain(EntityContext context)
    : LookUps(context.Id<LookUpsId>(), context, context.Services), ILookUpsGrain, IWakeableGrain, IEntityGrain
{
    EntityContext IEntityGrain.EntityContext => context;
}

/// <summary>A user's list of consents as a grain.</summary>
[GrainType(GrainNames.Overview)]
public sealed class OverviewGrain(EntityContext context)
    : Overview(context.Id<OverviewId>(), context), IOverviewGrain, IWakeableGrain, IEntityGrain
{
    EntityContext IEntityGrain.EntityContext => context;
}

/// <summary>A script as a grain.</summary>
[GrainType(GrainNames.Script)]
public sealed class ScriptGrain(EntityContext context)
    : Script(ScriptId.Parse(context.Name), context.Slot, context, context.Services),
        IScriptGrain, IScriptInternalsGrain, ICredentialHolderGrain, IResealedGrain, IWakeableGrain, IEntityGrain
{
    EntityContext IEntityGrain.EntityContext => context;
}

/// <summary>A consent as a grain.</summary>
[GrainType(GrainNames.Consent)]
[BesideUser]
public sealed class ConsentGrain(EntityContext context)
    : Consent(ConsentId.Parse(context.Name), context.Slot, context, context.Services),
        IConsentGrain, IConsentInternalsGrain, IConsentErasureGrain, IResealedGrain, IWakeableGrain, IEntityGrain
{
    EntityContext IEntityGrain.EntityContext => context;
}

/// <summary>A script's reading of everybody as a grain.</summary>
[GrainType(GrainNames.ReadAll)]
public sealed class ReadAllGrain(EntityContext context)
    : ReadAll(context.Id<ReadAllId>(), context, context.Services), IReadAllGrain, IWakeableGrain, IEntityGrain
{
    EntityContext IEntityGrain.EntityContext => context;
}

/// <summary>An erasure as a grain.</summary>
[GrainType(GrainNames.Erasure)]
public sealed class ErasureGrain(EntityContext context)
    : Erasure(context.Id<ErasureId>(), context.Slot, context, context.Services),
        IErasureGrain, IErasureInternalsGrain, IResealedGrain, IWakeableGrain, IEntityGrain
{
    EntityContext IEntityGrain.EntityContext => context;
}

/// <summary>An application's retention as a grain.</summary>
[GrainType(GrainNames.Retention)]
public sealed class RetentionGrain(EntityContext context)
    : RetentionSchedule(context.Id<RetentionId>(), context.Slot, context, context.Services),
        IRetentionGrain, IResealedGrain, IWakeableGrain, IEntityGrain
{
    EntityContext IEntityGrain.EntityContext => context;
}

/// <summary>An application's key rotation as a grain.</summary>
[GrainType(GrainNames.Rotation)]
public sealed class RotationGrain(EntityContext context)
    : ApplicationRotation(context.Id<RotationId>(), context.Slot, context, context.Services),
        IRotationGrain, IResealedGrain, IWakeableGrain, IEntityGrain
{
    EntityContext IEntityGrain.EntityContext => context;
}

/// <summary>The rotation of the master key as a grain.</summary>
[GrainType(GrainNames.MasterRotation)]
public sealed class MasterRotationGrain(EntityContext context)
    : MasterRotation(default, context.Slot, context, context.Services),
        IMasterRotationGrain, IWakeableGrain, IEntityGrain
{
    EntityContext IEntityGrain.EntityContext => context;
}

/// <summary>One who follows what happens as a grain.</summary>
[GrainType(GrainNames.Follower)]
public sealed class FollowerGrain(EntityContext context)
    : Follower(context, context.Services), IFollowerGrain, IWakeableGrain, IEntityGrain
{
    EntityContext IEntityGrain.EntityContext => context;
}

/// <summary>A part of a sweep as a grain.</summary>
[GrainType(InternalGrain.Sweep)]
[ByNumber]
public sealed class SweepGrain(EntityContext context)
    : SweepPartition(context.Id<SweepPartitionId>(), context, context.Services),
        ISweepGrain, IWakeableGrain, IEntityGrain
{
    EntityContext IEntityGrain.EntityContext => context;
}

/// <summary>A vault's users and groups as a grain.</summary>
[GrainType(GrainNames.Vault)]
public sealed class VaultGrain(EntityContext context)
    : VaultDirectory(context.Id<VaultId>(), context.Slot, context, context.Services),
        IVaultGrain, IVaultInternalsGrain, IResealedGrain, IWakeableGrain, IEntityGrain
{
    EntityContext IEntityGrain.EntityContext => context;
}

/// <summary>A shelf of a vault as a grain.</summary>
[GrainType(InternalGrain.VaultShelf)]
public sealed class VaultShelfGrain(EntityContext context)
    : VaultShelf(context.Id<VaultShelfId>(), context.Slot, context, context.Services),
        IVaultShelfInternalsGrain, IResealedGrain, IWakeableGrain, IEntityGrain
{
    EntityContext IEntityGrain.EntityContext => context;
}

/// <summary>A customer, machine or service as a grain.</summary>
[GrainType(GrainNames.VaultItem)]
public sealed class VaultItemGrain(EntityContext context)
    : VaultItem(context.Id<VaultItemId>(), context.Slot, context, context.Services),
        IVaultItemGrain, IResealedGrain, IWakeableGrain, IEntityGrain
{
    EntityContext IEntityGrain.EntityContext => context;
}
