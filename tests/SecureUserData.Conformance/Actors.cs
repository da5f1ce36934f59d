namespace SecureUserData.Conformance;

/// <summary>An application, signed in.</summary>
public sealed record ApplicationActor(AppId Id, Credential Credential, ISession Session)
{
    public IApplication Self => Session.Get(Id);

    public ILookUps LookUps(int part) => Session.Get(new LookUpsId(Id, part));

    public IUser User(UserId id) => Session.Get(id);

    public IScript Script(ScriptId id) => Session.Get(id);
}

/// <summary>A user who has claimed the credential, signed in.</summary>
public sealed record UserActor(UserId Id, Credential Credential, ISession Session)
{
    public IUser Self => Session.Get(Id);

    public IOverview Overview => Session.Get(new OverviewId(Id));

    public IConsent To(ScriptActor script) => To(script.Id);

    public IConsent To(ScriptId script) => Session.Get(new ConsentId(Id, script));
}

/// <summary>A script, signed in.</summary>
public sealed record ScriptActor(ScriptId Id, Credential Credential, ISession Session)
{
    public IScript Self => Session.Get(Id);

    public Task<Reading> ReadAsync(UserActor user, params string[] fields) =>
        ReadAsync(user.Id, new Selection { Fields = fields });

    public Task<Reading> ReadAsync(UserId user, Selection selection) =>
        Session.Get(new ConsentId(user, Id)).ReadAsync(selection);
}
