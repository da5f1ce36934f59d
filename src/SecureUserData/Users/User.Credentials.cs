using SecureUserData.Access;
using SecureUserData.AccessLog;

namespace SecureUserData.Users;

// The user's claim code and credential.
public partial class User
{
    /// <inheritdoc/>
    public async Task<Credential> ClaimAsync(Credential claimCode)
    {
        var text = CredentialText.Parse(claimCode);
        if (State is not { Erased: null } state) throw Authentication.Refused();
        if (!text.IsClaim || !text.Matches(state.ClaimVerifier, Services.Installation))
        {
            await RefuseAsync(Entry(Activity.ClaimRefused) with { Reason = "wrong code" });
            throw Authentication.Refused();
        }
        if (state.ClaimedAt is { } claimed)
        {
            await RefuseAsync(Entry(Activity.ClaimRefused) with { Reason = "claimed before" });
            throw SecureUserDataException.Conflict(
                $"This credential was claimed on {claimed:yyyy-MM-dd HH:mm} UTC. "
                + "If that was not you, ask an operator to take it back and re-issue it.");
        }
        var (credential, verifier) = CredentialText.Mint(CallerKind.User, Name, Services.Installation);
        await SaveChangeAsync(state with { ClaimedAt = Now, Verifier = verifier }, Entry(Activity.CredentialClaimed));
        return credential;
    }

    /// <inheritdoc/>
    public async Task<Credential> ReissueCredentialAsync()
    {
        var state = Demand(CallerKind.Operator);
        var (claimCode, verifier) = CredentialText.Mint(CallerKind.User, Name, Services.Installation, claim: true);
        await SaveChangeAsync(
            state with { ClaimVerifier = verifier, ClaimedAt = null, Verifier = null },
            Entry(Activity.CredentialReissued));
        return claimCode;
    }

    /// <inheritdoc/>
    public Task<Caller> AuthenticateAsync(Credential credential) =>
        State is { } state && CredentialText.Parse(credential).Matches(state.Verifier, Services.Installation)
            ? Task.FromResult(new Caller(CallerKind.User, Name, state.App, User: _id))
            : throw Authentication.Refused();

    /// <summary>Puts a refusal on record, or counts it with the equal ones before it.</summary>
    private async Task RefuseAsync(LogEntry refusal)
    {
        _isWanted = true; // what is counted is written when the user is unloaded in an orderly way
        if (_refusals.TryCount(refusal)) return;
        await AppendAsync(refusal);
        _refusals.Recorded(refusal);
    }
}
