namespace SecureUserData.Access;

/// <summary>Who makes a call. Engines make callers from verified credentials only, and entities ask them.</summary>
/// <param name="Kind">What it is.</param>
/// <param name="Id">Its id, as text; it stands in the access log.</param>
/// <param name="App">The application it belongs to or is; null for operators.</param>
/// <param name="User">The user it is, if it is one.</param>
/// <param name="Script">The script it is, if it is one.</param>
/// <param name="ScriptVersion">The version that the script was in when it signed in; otherwise 0.</param>
public sealed record Caller(
    CallerKind Kind,
    string Id,
    AppId? App = null,
    UserId? User = null,
    ScriptId? Script = null,
    int ScriptVersion = 0)
{
    /// <summary>Whether a user of a vault is an operator of the installation, too.</summary>
    public bool IsOperator { get; init; }

    /// <summary>Whether it may do what operators may.</summary>
    internal bool ActsAsOperator => Kind == CallerKind.Operator || IsOperator;

    /// <summary>Whoever has not signed in.</summary>
    public static Caller Anonymous { get; } = new(CallerKind.Anonymous, "anonymous");

    /// <summary>The engine itself, as in a wake-up.</summary>
    public static Caller System { get; } = new(CallerKind.Anonymous, "system");

    /// <summary>Refuses every kind of caller but these. It is asked before anything is looked at, so that the refusal
    /// tells nothing about what is there.</summary>
    /// <exception cref="SecureUserDataException"><see cref="ErrorCode.Denied"/>.</exception>
    internal void Demand(CallerKind kind, CallerKind? or = null, CallerKind? orElse = null)
    {
        if (Is(kind) || (or is { } either && Is(either)) || (orElse is { } another && Is(another))) return;
        string[] names = [Name(kind), .. or is { } second ? [Name(second)] : Array.Empty<string>(),
            .. orElse is { } third ? [Name(third)] : Array.Empty<string>()];
        throw SecureUserDataException.Denied(
            $"Only {string.Join(" or ", names)} may do this: sign in with that credential.");
    }

    private bool Is(CallerKind kind) => kind == CallerKind.Operator ? ActsAsOperator : Kind == kind;

    private static string Name(CallerKind kind) => kind switch
    {
        CallerKind.Anonymous => "somebody who has not signed in",
        CallerKind.Operator => "an operator",
        CallerKind.Application => "the application",
        CallerKind.User => "the user",
        CallerKind.Script => "the script",
        CallerKind.VaultUser => "a user of the vault",
    };
}
