using SecureUserData.Entities;

namespace SecureUserData.Erasures;

/// <summary>What an engine asks of an erasure.</summary>
public interface IErasureInternals : IEntityInternals
{
    /// <summary>The certificate; null until there is one.</summary>
    Task<string?> GetCertificateAsync();
}
