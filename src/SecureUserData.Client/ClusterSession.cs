using SecureUserData.Client.Grains;

namespace SecureUserData.Client;

/// <summary>A signed-in caller. It signs in again before its token ends, so that a credential which was taken back does
/// not live on.</summary>
/// <param name="grains">The way to the cluster.</param>
/// <param name="signIn">Signs in at the cluster's door.</param>
/// <param name="time">The clock.</param>
internal sealed class ClusterSession(
    IGrainFactory grains, Func<ISignInGrain, Task<SignedIn>> signIn, TimeProvider time) : ISession
{
    private readonly SemaphoreSlim _renewing = new(1);
    private volatile Token? _token;

    public Identity Identity { get; private set; } = null!;

    public TEntity Get<TEntity>(IEntityId<TEntity> id) where TEntity : class, IEntity
    {
        ArgumentNullException.ThrowIfNull(id);
        return EntityReference.Create(this, GrainNames.Get(grains, id));
    }

    /// <summary>The token for a call.</summary>
    internal ValueTask<string> TokenAsync() =>
        _token is { } token && token.IsGood(time) ? ValueTask.FromResult(token.Text) : new(RenewAsync(null));

    /// <summary>A new token.</summary>
    /// <param name="refused">The one that was refused; null when the token's time is over.</param>
    internal async Task<string> RenewAsync(string? refused)
    {
        await _renewing.WaitAsync();
        try
        {
            // Somebody else may have been faster.
            if (_token is { } token && token.IsGood(time) && token.Text != refused) return token.Text;
            var at = time.GetTimestamp();
            var signedIn = await signIn(GrainNames.GetSignIn(grains));
            Identity = signedIn.Identity;
            // A call that is under way when the token ends would be refused: a new one is asked for a little before.
            _token = new Token(signedIn.Token, at, signedIn.Lifetime * 0.8);
            return signedIn.Token;
        }
        catch (Exception exception)
        {
            throw ClusterErrors.Outward(exception);
        }
        finally
        {
            _renewing.Release();
        }
    }

    private sealed record Token(string Text, long At, TimeSpan GoodFor)
    {
        internal bool IsGood(TimeProvider time) => time.GetElapsedTime(At) < GoodFor;
    }
}
