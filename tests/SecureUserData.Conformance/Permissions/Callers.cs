namespace SecureUserData.Conformance.Permissions;

/// <summary>The table's columns: every kind of caller, seen from one application, its user and its script.</summary>
internal static class Callers
{
    internal const string Anonymous = "anonymous";
    internal const string Operator = "operator";
    internal const string OwnApplication = "own application";
    internal const string ForeignApplication = "foreign application";
    internal const string TheUser = "the user";
    internal const string AnotherUser = "another user";
    internal const string ForeignUser = "foreign user";
    internal const string TheScript = "the script";
    internal const string AnotherScript = "another script";
    internal const string ForeignScript = "foreign script";
    internal const string VaultUser = "vault user";

    internal static readonly IReadOnlyList<(string Name, CallerKind Kind)> All =
    [
        (Anonymous, CallerKind.Anonymous),
        (Operator, CallerKind.Operator),
        (OwnApplication, CallerKind.Application),
        (ForeignApplication, CallerKind.Application),
        (TheUser, CallerKind.User),
        (AnotherUser, CallerKind.User),
        (ForeignUser, CallerKind.User),
        (TheScript, CallerKind.Script),
        (AnotherScript, CallerKind.Script),
        (ForeignScript, CallerKind.Script),
        (VaultUser, CallerKind.VaultUser),
    ];
}

/// <summary>What a call is about.</summary>
internal sealed record Target(AppId App, UserId User, ScriptId Script, RecordId Record)
{
    internal static Target Unknown() => new(AppId.New(), UserId.New(), ScriptId.New(), RecordId.New());

    /// <summary>The same, with every mixture of ids of which at least one is unknown.</summary>
    internal IEnumerable<Target> Unknowns()
    {
        var unknown = Unknown();
        yield return unknown;
        yield return this with { App = unknown.App };
        yield return this with { User = unknown.User };
        yield return this with { Script = unknown.Script };
        yield return this with { Record = unknown.Record };
    }
}

/// <summary>Everybody who can call, and what they call about.</summary>
internal sealed record Cast(
    Credential Operator,
    ISession OperatorSession,
    ApplicationActor Own,
    ApplicationActor Foreign,
    UserActor User,
    UserActor AnotherUser,
    UserActor ForeignUser,
    ScriptActor Script,
    ScriptActor AnotherScript,
    ScriptActor ForeignScript,
    ISession VaultUser,
    Target Target,
    ConsentGrant Grant,
    Credential ClaimCode,
    long LastEntry)
{
    internal ISession As(string caller) => caller switch
    {
        Callers.Operator => OperatorSession,
        Callers.OwnApplication => Own.Session,
        Callers.ForeignApplication => Foreign.Session,
        Callers.TheUser => User.Session,
        Callers.AnotherUser => AnotherUser.Session,
        Callers.ForeignUser => ForeignUser.Session,
        Callers.TheScript => Script.Session,
        Callers.AnotherScript => AnotherScript.Session,
        Callers.ForeignScript => ForeignScript.Session,
        Callers.VaultUser => VaultUser,
        _ => throw new InvalidOperationException($"Nobody signs in as {caller}."),
    };

    internal Credential CredentialOf(string caller) => caller switch
    {
        Callers.Operator => Operator,
        Callers.OwnApplication => Own.Credential,
        Callers.ForeignApplication => Foreign.Credential,
        Callers.TheUser => User.Credential,
        Callers.AnotherUser => AnotherUser.Credential,
        Callers.ForeignUser => ForeignUser.Credential,
        Callers.TheScript => Script.Credential,
        Callers.AnotherScript => AnotherScript.Credential,
        Callers.ForeignScript => ForeignScript.Credential,
        _ => throw new InvalidOperationException($"There is no credential of {caller}."),
    };
}
