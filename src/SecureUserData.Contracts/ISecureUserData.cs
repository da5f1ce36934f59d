using SecureUserData.Vault;

namespace SecureUserData;

/// <summary>An installation, as its clients see it: the same for the embedded engine and for a cluster.</summary>
public interface ISecureUserData
{
    /// <summary>Signs in with a credential; everything done through the session is done as its owner.</summary>
    /// <exception cref="SecureUserDataException"><see cref="ErrorCode.Denied"/> when the credential is not valid (any
    /// more), <see cref="ErrorCode.Invalid"/> when it is mistyped.</exception>
    Task<ISession> SignInAsync(Credential credential);

    /// <summary>Trades a user's one-time claim code for the user's own credential. It works once, and is on
    /// record.</summary>
    /// <exception cref="SecureUserDataException"><see cref="ErrorCode.Conflict"/> when somebody has claimed it before,
    /// <see cref="ErrorCode.Denied"/> when the code is wrong.</exception>
    Task<Credential> ClaimAsync(Credential claimCode);

    /// <summary>Begins the sign-in of a vault's user.</summary>
    /// <param name="vault">The vault.</param>
    /// <param name="user">The user; whoever is none is answered alike.</param>
    /// <param name="clientNonce">32 random bytes.</param>
    /// <returns>32 random bytes, to be answered within <see cref="VaultLimits.ChallengeTime"/>.</returns>
    Task<byte[]> ChallengeAsync(VaultId vault, VaultUserId user, byte[] clientNonce);

    /// <summary>Signs a vault's user in, for five minutes.</summary>
    /// <exception cref="SecureUserDataException"><see cref="ErrorCode.Denied"/>, whatever is wrong.</exception>
    Task<ISession> SignInToVaultAsync(VaultSignIn answer);
}

/// <summary>A signed-in caller's way to the entities.</summary>
public interface ISession
{
    /// <summary>Who is signed in.</summary>
    Identity Identity { get; }

    /// <summary>A typed reference to one entity. Making it costs nothing and touches nothing; calling it
    /// does.</summary>
    TEntity Get<TEntity>(IEntityId<TEntity> id) where TEntity : class, IEntity;
}

/// <summary>The kinds of callers.</summary>
public enum CallerKind
{
    /// <summary>Nobody yet: the bearer of a claim code.</summary>
    Anonymous = 0,

    /// <summary>An operator of the installation.</summary>
    Operator = 1,

    /// <summary>An application.</summary>
    Application = 2,

    /// <summary>A user, the data subject.</summary>
    User = 3,

    /// <summary>A data-processing script.</summary>
    Script = 4,

    /// <summary>A user of a vault; a global administrator of the first one is an operator, too.</summary>
    VaultUser = 5,
}

/// <summary>Who a credential belongs to.</summary>
/// <param name="Kind">What it is.</param>
/// <param name="Id">Its id, as text.</param>
/// <param name="App">The application it belongs to; null for an operator.</param>
public sealed record Identity(CallerKind Kind, string Id, AppId? App);
