using SecureUserData.Vault;
using System.Collections.Frozen;
using SecureUserData.Access;
using SecureUserData.Applications;
using SecureUserData.Client.Grains;
using SecureUserData.Consents;
using SecureUserData.Entities;
using SecureUserData.Erasures;
using SecureUserData.Processing;
using SecureUserData.Rotation;
using SecureUserData.Users;

namespace SecureUserData.Cluster.Grains;

/// <summary>Which grain interface is behind which internal contract.</summary>
internal static class InternalGrain
{
    internal const string Sweep = "sweep";
    internal const string VaultShelf = "vault-shelf";

    private static readonly FrozenDictionary<Type, (Type Interface, Func<IGrainFactory, GrainId, object> Get)> All =
        new[]
        {
            Of<ICredentialHolder, ICredentialHolderGrain>(),
            Of<IResealed, IResealedGrain>(),
            Of<IInstallationInternals, IInstallationInternalsGrain>(),
            Of<IInstallationRotation, IInstallationRotationGrain>(),
            Of<IApplicationInternals, IApplicationInternalsGrain>(),
            Of<IApplicationRotation, IApplicationRotationGrain>(),
            Of<IUserInternals, IUserInternalsGrain>(),
            Of<IUserErasure, IUserErasureGrain>(),
            Of<IUserRotation, IUserRotationGrain>(),
            Of<IScriptInternals, IScriptInternalsGrain>(),
            Of<IConsentInternals, IConsentInternalsGrain>(),
            Of<IConsentErasure, IConsentErasureGrain>(),
            Of<IErasureInternals, IErasureInternalsGrain>(),
            Of<ISweep, ISweepGrain>(),
            Of<IVaultInternals, IVaultInternalsGrain>(),
            Of<IVaultShelfInternals, IVaultShelfInternalsGrain>(),
        }.ToFrozenDictionary(grain => grain.Contract, grain => (grain.Interface, grain.Get));

    /// <summary>The grain interfaces.</summary>
    internal static IEnumerable<Type> Interfaces => All.Values.Select(grain => grain.Interface);

    /// <summary>A reference to the internal contract of the grain behind an id.</summary>
    internal static TInternals Get<TInternals>(IGrainFactory grains, IEntityId id)
        where TInternals : class, IEntityInternals =>
        (TInternals)All[typeof(TInternals)].Get(grains, GrainIdOf(id));

    /// <summary>The grain behind an id.</summary>
    internal static GrainId GrainIdOf(IEntityId id) => id switch
    {
        SweepPartitionId => GrainId.Create(Sweep, id.ToString()!),
        VaultShelfId => GrainId.Create(VaultShelf, id.ToString()!),
        _ => GrainNames.Public[id.GetType()].Id(id),
    };

    private static (Type Contract, Type Interface, Func<IGrainFactory, GrainId, object> Get) Of<TContract, TGrain>()
        where TContract : class, IEntityInternals
        where TGrain : class, TContract, IAddressable =>
        (typeof(TContract), typeof(TGrain), TypedGrain<TGrain>.Get);
}
