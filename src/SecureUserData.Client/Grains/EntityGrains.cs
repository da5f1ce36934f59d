using SecureUserData.Vault;

namespace SecureUserData.Client.Grains;

// The public contracts as grain interfaces: a grain adds nothing to the entity.

/// <summary>The installation.</summary>
public interface IInstallationGrain : IInstallation, IGrainWithStringKey;

/// <summary>An application.</summary>
public interface IApplicationGrain : IApplication, IGrainWithStringKey;

/// <summary>A user.</summary>
public interface IUserGrain : IUser, IGrainWithStringKey;

/// <summary>A part of the look-ups of an application's users.</summary>
public interface ILookUpsGrain : ILookUps, IGrainWithStringKey;

/// <summary>A user's list of consents.</summary>
public interface IOverviewGrain : IOverview, IGrainWithStringKey;

/// <summary>A script.</summary>
public interface IScriptGrain : IScript, IGrainWithStringKey;

/// <summary>A consent.</summary>
public interface IConsentGrain : IConsent, IGrainWithStringKey;

/// <summary>A script's reading of everybody.</summary>
public interface IReadAllGrain : IReadAll, IGrainWithStringKey;

/// <summary>An erasure.</summary>
public interface IErasureGrain : IErasure, IGrainWithStringKey;

/// <summary>An application's retention.</summary>
public interface IRetentionGrain : IRetention, IGrainWithStringKey;

/// <summary>An application's key rotation.</summary>
public interface IRotationGrain : IRotation, IGrainWithStringKey;

/// <summary>The rotation of the master key.</summary>
public interface IMasterRotationGrain : IMasterRotation, IGrainWithStringKey;

/// <summary>One who follows what happens.</summary>
public interface IFollowerGrain : IFollower, IGrainWithStringKey;

/// <summary>A vault's users and groups.</summary>
public interface IVaultGrain : IVault, IGrainWithStringKey;

/// <summary>A customer, machine or service of a vault.</summary>
public interface IVaultItemGrain : IVaultItem, IGrainWithStringKey;
