using SecureUserData.Access;
using SecureUserData.Applications;
using SecureUserData.Consents;
using SecureUserData.Entities;
using SecureUserData.Erasures;
using SecureUserData.Processing;
using SecureUserData.Rotation;
using SecureUserData.Users;
using SecureUserData.Vault;

namespace SecureUserData.Cluster.Grains;

// The internal contracts as grain interfaces. Only silos may call them; see CallFilter.

/// <summary><see cref="ICredentialHolder"/>.</summary>
public interface ICredentialHolderGrain : ICredentialHolder, IGrainWithStringKey;

/// <summary><see cref="IResealed"/>.</summary>
public interface IResealedGrain : IResealed, IGrainWithStringKey;

/// <summary><see cref="IInstallationInternals"/>.</summary>
public interface IInstallationInternalsGrain : IInstallationInternals, IGrainWithStringKey;

/// <summary><see cref="IInstallationRotation"/>.</summary>
public interface IInstallationRotationGrain : IInstallationRotation, IGrainWithStringKey;

/// <summary><see cref="IApplicationInternals"/>.</summary>
public interface IApplicationInternalsGrain : IApplicationInternals, IGrainWithStringKey;

/// <summary><see cref="IApplicationRotation"/>.</summary>
public interface IApplicationRotationGrain : IApplicationRotation, IGrainWithStringKey;

/// <summary><see cref="IUserInternals"/>.</summary>
public interface IUserInternalsGrain : IUserInternals, IGrainWithStringKey;

/// <summary><see cref="IUserErasure"/>.</summary>
public interface IUserErasureGrain : IUserErasure, IGrainWithStringKey;

/// <summary><see cref="IUserRotation"/>.</summary>
public interface IUserRotationGrain : IUserRotation, IGrainWithStringKey;

/// <summary><see cref="IScriptInternals"/>.</summary>
public interface IScriptInternalsGrain : IScriptInternals, IGrainWithStringKey;

/// <summary><see cref="IConsentInternals"/>.</summary>
public interface IConsentInternalsGrain : IConsentInternals, IGrainWithStringKey;

/// <summary><see cref="IConsentErasure"/>.</summary>
public interface IConsentErasureGrain : IConsentErasure, IGrainWithStringKey;

/// <summary><see cref="IErasureInternals"/>.</summary>
public interface IErasureInternalsGrain : IErasureInternals, IGrainWithStringKey;

/// <summary><see cref="ISweep"/>.</summary>
public interface ISweepGrain : ISweep, IGrainWithStringKey;

/// <summary><see cref="IVaultInternals"/>.</summary>
public interface IVaultInternalsGrain : IVaultInternals, IGrainWithStringKey;

/// <summary><see cref="IVaultShelfInternals"/>.</summary>
public interface IVaultShelfInternalsGrain : IVaultShelfInternals, IGrainWithStringKey;

/// <summary>An entity that the cluster's reminders wake.</summary>
public interface IWakeableGrain : IRemindable
{
    Task IRemindable.ReceiveReminder(string reminderName, TickStatus status) =>
        ((IEntityGrain)this).WakeAsync(reminderName);
}
