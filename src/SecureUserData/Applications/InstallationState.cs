using System.Collections.Immutable;
using System.Security.Cryptography;

namespace SecureUserData.Applications;

/// <summary>What is stored of the installation.</summary>
public sealed record InstallationState
{
    /// <summary>The key that makes the verifiers of credentials.</summary>
    public required byte[] CredentialKey { get; init; }

    /// <summary>The key that chains the log writers' batches.</summary>
    public required byte[] BatchKey { get; init; }

    /// <summary>The key that chains the installation's own entries.</summary>
    public required byte[] LogKey { get; init; }

    /// <summary>When it was set up.</summary>
    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>Its operators.</summary>
    public required ImmutableArray<OperatorState> Operators { get; init; }

    /// <summary>Its applications, in the order of their registration.</summary>
    public required ImmutableArray<AppId> Applications { get; init; }

    /// <summary>The applications under whose keys its vaults are kept, in the order in which they were made.</summary>
    public ImmutableArray<AppId> Vaults { get; init; } = [];

    /// <summary>The last entry of the own chain that this state has in it.</summary>
    public long LastSequence { get; init; }

    /// <summary>Zeroes the keys, when this state is not used any more.</summary>
    internal void Zero()
    {
        foreach (var key in (byte[][])[CredentialKey, BatchKey, LogKey]) CryptographicOperations.ZeroMemory(key);
    }
}

/// <summary>One operator.</summary>
/// <param name="Id">The operator's id.</param>
/// <param name="Verifier">The verifier of the operator's credential.</param>
public sealed record OperatorState(OperatorId Id, byte[] Verifier);
