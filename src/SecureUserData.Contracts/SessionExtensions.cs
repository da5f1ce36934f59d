namespace SecureUserData;

/// <summary>Shorter ways to say what most callers say.</summary>
public static class SessionExtensions
{
    /// <summary>Registers an application, signed in as an operator.</summary>
    public static Task<RegisteredApplication> RegisterApplicationAsync(
        this ISession session, ApplicationSettings settings) =>
        session.Get(new InstallationId()).RegisterApplicationAsync(settings);

    /// <summary>Creates a user under a fresh id, signed in as an application.</summary>
    public static Task<CreatedUser> CreateUserAsync(
        this ISession session, IReadOnlyDictionary<string, string> fields) =>
        session.Get(UserId.New()).CreateAsync(fields);

    /// <summary>Registers a script under a fresh id, signed in as an application.</summary>
    public static Task<RegisteredScript> RegisterScriptAsync(this ISession session, ScriptText text) =>
        session.Get(ScriptId.New()).RegisterAsync(text);

    /// <summary>Sets one field, signed in as the user or the user's application; null removes it.</summary>
    public static Task SetFieldAsync(this IUser user, string field, string? value) =>
        user.SetFieldsAsync(new Dictionary<string, string?> { [field] = value });

    /// <summary>Gives what the script asks for, in the version now in force, and returns what was given.</summary>
    public static async Task<ConsentView> GiveAsync(this IConsent consent, DateTimeOffset? expires = null) =>
        await consent.GiveAsync(new ConsentGrant((await consent.GetAsync()).Script.Notice) { Expires = expires });
}
