namespace SecureUserData.Cli.Commands;

/// <summary>Who is signed in, as a typed id.</summary>
internal static class Sessions
{
    /// <exception cref="CommandException">Somebody else than a user is signed in.</exception>
    internal static UserId User(this ISession session) => session.Identity.Kind == CallerKind.User
        ? UserId.Parse(session.Identity.Id)
        : throw new CommandException("Only a user may do this: use --as with a user's credential.");

    /// <exception cref="CommandException">Somebody else than a script is signed in.</exception>
    internal static ScriptId Script(this ISession session) => session.Identity.Kind == CallerKind.Script
        ? ScriptId.Parse(session.Identity.Id)
        : throw new CommandException("Only a script may do this: use --as with a script's credential.");

    /// <exception cref="CommandException">Somebody else than an application is signed in.</exception>
    internal static AppId App(this ISession session) => session.Identity.Kind == CallerKind.Application
        ? AppId.Parse(session.Identity.Id)
        : throw new CommandException("Only an application may do this: use --as with an application's credential.");
}
