using SecureUserData.Cryptography;

namespace SecureUserData.Applications;

/// <summary>The installation's own keys, unwrapped; every process that runs entities holds them.</summary>
public sealed class InstallationKeys : IDisposable
{
    internal InstallationKeys(InstallationState state)
    {
        Credentials = SecretKey.From(state.CredentialKey);
        Batches = SecretKey.From(state.BatchKey);
        Certificates = new SigningKey(Credentials);
        Log = new VersionedKeys(1, SecretKey.From(state.LogKey));
    }

    /// <summary>Makes the verifiers that are stored instead of credentials.</summary>
    internal SecretKey Credentials { get; }

    /// <summary>Signs erasure certificates; derived from the credential key.</summary>
    internal SigningKey Certificates { get; }

    /// <summary>Chains the log writers' batches.</summary>
    internal SecretKey Batches { get; }

    /// <summary>Chains the installation's own entries.</summary>
    internal VersionedKeys Log { get; }

    /// <inheritdoc/>
    public void Dispose()
    {
        Credentials.Dispose();
        Certificates.Dispose();
        Batches.Dispose();
        Log.Dispose();
    }
}
