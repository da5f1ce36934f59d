using SecureUserData.Access;
using SecureUserData.Applications;
using SecureUserData.Entities;
using SecureUserData.Ports;

namespace SecureUserData.Processing;

/// <summary>A data-processing script: its versions and its credential.</summary>
public class Script : ApplicationEntity<ScriptState>, IScript, IScriptInternals, ICredentialHolder
{
    private readonly ScriptId _id;

    /// <summary>Makes an activation.</summary>
    public Script(ScriptId id, IStateSlot slot, IEntityContext context, DomainServices services)
        : base(id, slot, context, services, StateJson.Default.ScriptState) => _id = id;

    /// <inheritdoc/>
    public override async Task ActivateAsync()
    {
        await base.ActivateAsync();
        if (State is { } state) await Application(state.App).ConfirmScriptAsync(_id, state.Versions.Length);
    }

    /// <inheritdoc/>
    public async Task<RegisteredScript> RegisterAsync(ScriptText text)
    {
        Caller.Demand(CallerKind.Application);
        if (State is not null)
            throw SecureUserDataException.Conflict("This script is registered already: add a version.");
        text = ScriptPolicy.Check(text);
        var app = Caller.App!.Value;
        var (credential, verifier) = CredentialText.Mint(CallerKind.Script, Name, Services.Installation);
        await Application(app).AnnounceScriptAsync(_id, 1);
        await SaveAsync(new ScriptState { App = app, Verifier = verifier, Versions = [new(text, Now)] });
        return new RegisteredScript(_id, credential);
    }

    /// <inheritdoc/>
    public async Task<int> AddVersionAsync(ScriptText text)
    {
        Caller.Demand(CallerKind.Application);
        var state = Own();
        text = ScriptPolicy.Check(text);
        var version = state.Versions.Length + 1;
        if (version > Limits.VersionsPerScript)
            throw SecureUserDataException.Invalid(
                $"A script has at most {Limits.VersionsPerScript} versions: register a new script.");
        await UnloadIfFails(Application(state.App).AnnounceScriptAsync(_id, version));
        await SaveAsync(state with { Versions = state.Versions.Add(new(text, Now)) });
        return version;
    }

    /// <inheritdoc/>
    public Task<ScriptView> GetAsync()
    {
        Caller.Demand(CallerKind.Application, CallerKind.User, CallerKind.Script);
        var state = Own();
        if (Caller.Kind == CallerKind.Script && Caller.Script != _id) throw SecureUserDataException.NotFound("script");
        return Task.FromResult(View(state));
    }

    /// <inheritdoc/>
    public Task<ScriptInForce> DescribeAsync()
    {
        var state = Caller == Caller.System && State is not null ? State : Own();
        return Task.FromResult(new ScriptInForce(View(state), ScriptPolicy.NarrowsSince(state.Versions)));
    }

    /// <inheritdoc/>
    public Task<Caller> AuthenticateAsync(Credential credential) =>
        State is { } state && CredentialText.Parse(credential).Matches(state.Verifier, Services.Installation)
            ? Task.FromResult(new Caller(
                CallerKind.Script, Name, state.App, Script: _id, ScriptVersion: state.Versions.Length))
            : throw Authentication.Refused();

    private ScriptView View(ScriptState state)
    {
        var current = state.Versions[^1];
        return new ScriptView(
            _id,
            state.App,
            state.Versions.Length,
            current.Text,
            ScriptPolicy.Notice(current.Text),
            current.RegisteredAt);
    }

    private ScriptState Own() => State is { } state && state.App == Caller.App
        ? state
        : throw SecureUserDataException.NotFound("script");

    private IApplicationInternals Application(AppId app) => Context.Internal<IApplicationInternals>(app);
}
