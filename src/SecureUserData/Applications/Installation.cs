using SecureUserData.Access;
using SecureUserData.AccessLog;
using SecureUserData.Entities;
using SecureUserData.Ports;
using SecureUserData.Rotation;

namespace SecureUserData.Applications;

/// <summary>The installation: its operators, its applications and its own chain of the access log.</summary>
public partial class Installation
    : MasterEntity<InstallationState>, IInstallation, IInstallationInternals, IInstallationRotation, ICredentialHolder
{
    private readonly Chain _chain;

    /// <summary>Makes an activation.</summary>
    public Installation(InstallationId id, IStateSlot slot, IEntityContext context, DomainServices services)
        : base(id, slot, context, services, StateJson.Default.InstallationState) =>
        _chain = new Chain(Name, null, services.Ports.Log, context, services.News);

    private protected override IReadOnlyList<string> Tags => InstallationSetup.CheckTags(Services.Masters);

    /// <inheritdoc/>
    public override async Task ActivateAsync()
    {
        await base.ActivateAsync();
        if (State is null) return;
        await _chain.ReconcileAsync(State.LastSequence, Services.Installation.Log, () => SaveAsync(State), Now);
    }

    /// <inheritdoc/>
    public async Task<RegisteredApplication> RegisterApplicationAsync(ApplicationSettings settings)
    {
        var state = Demand();
        settings = ApplicationSettingsPolicy.Check(settings);
        var id = AppId.New();
        var sequence = await AppendAsync(Activity.ApplicationRegistered, $"application/{id}");
        // Listed first: whatever is stored of an application is found by whoever goes over all of them.
        await SaveAsync(state with { Applications = state.Applications.Add(id), LastSequence = sequence });
        var credential = await Context.Internal<IApplicationInternals>(id).InitializeAsync(settings, SealedUnder);
        return new RegisteredApplication(id, credential);
    }

    /// <inheritdoc/>
    public Task<Page<AppId>> ListApplicationsAsync(string? cursor = null, int limit = 100) =>
        Task.FromResult(Paging.ByIndex(Demand().Applications, cursor, limit));

    /// <inheritdoc/>
    public Task<string> GetCertificateKeyAsync() =>
        Task.FromResult(Services.Installation.Certificates.PublicKeyPem()); // public: nobody is refused

    /// <inheritdoc/>
    public Task<IReadOnlyList<AccessLogEntry>> ReadLogAsync(long after = 0, int limit = 100)
    {
        Demand();
        return _chain.ReadAsync(after, limit, Services.Installation.Log);
    }

    /// <inheritdoc/>
    public Task<Caller> AuthenticateAsync(Credential credential)
    {
        var text = CredentialText.Parse(credential);
        foreach (var known in State?.Operators ?? [])
            if (text.Owner == known.Id.ToString() && text.Matches(known.Verifier, Services.Installation))
                return Task.FromResult(new Caller(CallerKind.Operator, text.Owner));
        throw Authentication.Refused();
    }

    /// <inheritdoc/>
    public override void Dispose()
    {
        base.Dispose();
        State?.Zero();
    }

    private InstallationState Demand()
    {
        Caller.Demand(CallerKind.Operator);
        return State ?? throw SecureUserDataException.NotFound("installation");
    }

    private Task<long> AppendAsync(Activity activity, params string[] names) => _chain.AppendAsync(
        new LogEntry { Actor = Caller.Id, At = Now.ToUnixTimeMilliseconds(), Activity = activity, Names = names },
        Services.Installation.Log);
}
