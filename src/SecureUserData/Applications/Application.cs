using SecureUserData.Access;
using SecureUserData.AccessLog;
using SecureUserData.Entities;
using SecureUserData.Ports;
using SecureUserData.Rotation;

namespace SecureUserData.Applications;

/// <summary>An application: its keys, its credential, its scripts' ids and its own chain of the access log.</summary>
public partial class Application
    : MasterEntity<ApplicationState>, IApplication, IApplicationInternals, IApplicationRotation, ICredentialHolder
{
    private readonly AppId _id;
    private readonly Chain _chain;

    /// <summary>Makes an activation.</summary>
    public Application(AppId id, IStateSlot slot, IEntityContext context, DomainServices services)
        : base(id, slot, context, services, StateJson.Default.ApplicationState)
    {
        _id = id;
        _chain = new Chain(Name, id, services.Ports.Log, context, services.News);
    }

    /// <inheritdoc/>
    public override async Task ActivateAsync()
    {
        await base.ActivateAsync();
        if (State is null) return;
        using var lease = await RentAsync(State);
        await _chain.ReconcileAsync(State.LastSequence, lease.Keys.Log, () => SaveAsync(State), Now);
    }

    /// <inheritdoc/>
    public async Task<Credential> InitializeAsync(ApplicationSettings settings, int masterVersion)
    {
        if (State is not null) throw SecureUserDataException.Conflict("This application is registered already.");
        var (credential, verifier) = CredentialText.Mint(CallerKind.Application, Name, Services.Installation);
        await WakeRetentionAsync(settings.Rules());
        await Services.Ports.Wakeups.SetAsync(new RotationId(_id).ToString(), Now + ApplicationRotation.LookPeriod);
        await SaveAsync(new ApplicationState
        {
            Keys = WrappedKeys.Make(_id, settings, Services.Masters, masterVersion),
            Verifier = verifier,
            RegisteredAt = Now,
        });
        return credential;
    }

    /// <inheritdoc/>
    public Task<ApplicationView> GetAsync()
    {
        Caller.Demand(CallerKind.Application, CallerKind.User, CallerKind.Script);
        var state = Own();
        return Task.FromResult(new ApplicationView(
            _id,
            state.Keys.Settings,
            state.RegisteredAt,
            state.Keys.Current(WrappedKeys.Application)));
    }

    /// <inheritdoc/>
    public async Task<Page<UserId>> ListUsersAsync(string? cursor = null, int limit = 100)
    {
        var state = Demand();
        Names.CheckLimit(limit);
        if (cursor is not null) UserId.Parse(cursor);
        // Older versions first: who is moved meanwhile is met twice rather than never.
        var tags = state.Keys.Versions(WrappedKeys.Application)
            .Select(version => Users.UserState.KeyTag(_id, version));
        return await new Users.UserSearch(Services.Ports.States, () => RentAsync(State!))
            .FindAsync(tags, cursor, limit);
    }

    /// <inheritdoc/>
    public Task<Page<ScriptId>> ListScriptsAsync(string? cursor = null, int limit = 100)
    {
        Demand();
        return ListScriptIdsAsync(cursor, limit);
    }

    /// <inheritdoc/>
    public async Task<Page<AccessLogEntry>> ListAccessesAsync(
        ScriptId? script = null, string? cursor = null, int limit = 100)
    {
        var state = Demand();
        Names.CheckLimit(limit);
        return await Report(state).ListAccessesAsync(script, cursor, limit);
    }

    /// <inheritdoc/>
    public async Task<Page<AccessLogEntry>> ListLookUpsAsync(string? cursor = null, int limit = 100)
    {
        var state = Demand();
        Names.CheckLimit(limit);
        return await Report(state).ListLookUpsAsync(cursor, limit);
    }

    /// <inheritdoc/>
    public async Task<IReadOnlyList<AccessLogEntry>> ReadLogAsync(long after = 0, int limit = 100)
    {
        using var lease = await RentAsync(Demand());
        return await _chain.ReadAsync(after, limit, lease.Keys.Log);
    }

    /// <inheritdoc/>
    public async Task<WrappedKeys> GetWrappedKeysAsync()
    {
        var state = Registered();
        await DemandNewestAsync(); // a second activation must not give out keys that every process has let go of
        return state.Keys;
    }

    /// <inheritdoc/>
    public async Task AnnounceScriptAsync(ScriptId script, int version)
    {
        var state = Own();
        if (version == 1 && state.Scripts.Length >= Limits.ScriptsPerApplication)
            throw SecureUserDataException.Invalid(
                $"An application has at most {Limits.ScriptsPerApplication} scripts.");
        // Its registration failed, or its state was deleted in the database: consents that were given under this id
        // must not pass for ones to another text.
        if (version == 1 && state.Scripts.Any(announced => announced.Id == script))
            throw SecureUserDataException.Conflict("This script id was used before: register under a fresh one.");
        using var lease = await RentAsync(state);
        var activity = version == 1 ? Activity.ScriptRegistered : Activity.ScriptVersionAdded;
        var sequence = await AppendAsync(lease.Keys, activity, $"script/{script}", version);
        await SaveAsync(Announced(state, script, version) with { LastSequence = sequence });
    }

    /// <inheritdoc/>
    public async Task ConfirmScriptAsync(ScriptId script, int version)
    {
        if (State is not { } state || state.Scripts.FirstOrDefault(s => s.Id == script) is not { } announced
            || announced.Version <= version)
            return;
        // A crash comes between one announcement and its version: more were set back to an older copy.
        if (announced.Version > version + 1) throw SecureUserDataException.Tampered($"the state of {script}");
        using var lease = await RentAsync(state);
        var sequence = await AppendAsync(lease.Keys, Activity.NotApplied, $"script/{script}", announced.Version);
        await SaveAsync(Announced(state, script, version) with { LastSequence = sequence });
    }

    /// <inheritdoc/>
    public Task<Page<ScriptId>> ListScriptIdsAsync(string? cursor, int limit)
    {
        var page = Paging.ByIndex(Own().Scripts, cursor, limit);
        return Task.FromResult(new Page<ScriptId>([.. page.Items.Select(script => script.Id)], page.Next));
    }

    /// <inheritdoc/>
    public Task<Caller> AuthenticateAsync(Credential credential) =>
        CredentialText.Parse(credential).Matches(State?.Verifier, Services.Installation)
            ? Task.FromResult(new Caller(CallerKind.Application, Name, _id))
            : throw Authentication.Refused();

    private static ApplicationState Announced(ApplicationState state, ScriptId script, int version)
    {
        var announced = new AnnouncedScript(script, version);
        return state with
        {
            Scripts = state.Scripts.FirstOrDefault(s => s.Id == script) is { } before
                ? state.Scripts.Replace(before, announced)
                : state.Scripts.Add(announced),
        };
    }

    private ApplicationState Demand()
    {
        Caller.Demand(CallerKind.Application);
        return Own();
    }

    private ApplicationState Own() => State is { } state && Caller.App == _id
        ? state
        : throw SecureUserDataException.NotFound("application");

    private AccessReport Report(ApplicationState state) => new(_id, Services.Ports.Log, () => RentAsync(state));

    private ValueTask<KeyLease> RentAsync(ApplicationState state) =>
        Services.Keyring.RentAsync(_id, async () =>
        {
            await DemandNewestAsync(); // as in GetWrappedKeysAsync
            return state.Keys;
        });

    private Task<long> AppendAsync(ApplicationKeys keys, Activity activity, string name, int? version = null) =>
        _chain.AppendAsync(
            new LogEntry
            {
                Actor = activity == Activity.NotApplied ? Name : Caller.Id, // whoever comes by does not make the repair
                At = Now.ToUnixTimeMilliseconds(),
                Activity = activity,
                Names = [name],
                ScriptVersion = version,
            },
            keys.Log);
}
