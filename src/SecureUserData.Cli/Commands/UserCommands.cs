using System.CommandLine;
using SecureUserData.Access;
using SecureUserData.Cli.Console;
using SecureUserData.Cli.Keys;

namespace SecureUserData.Cli.Commands;

/// <summary><c>sud user</c>.</summary>
internal static class UserCommands
{
    private const int MaxCodeBytes = 4_096;

    internal static Command In(CommandLine cli) => CommandLine.Group(
        "user", "Users, whose data it is.", "sud user create --set email=ada@example.org --save-as ada",
        ImportCommand.In(cli),
        Create(cli),
        Claim(cli),
        Set(cli),
        Find(cli),
        Show(cli),
        HistoryCommand.In(cli),
        Reissue(cli));

    private static Command Create(CommandLine cli)
    {
        var set = new Option<string[]>("--set")
        {
            Description = "A field and its value; may be repeated.", HelpName = "field=value", Required = true,
        };
        return cli.Command(
            "create",
            "Creates a user, as the application, and saves the claim code under the user's id unless --save-as says "
            + "otherwise.",
            "sud user create --set email=ada@example.org --set given_name=Ada --save-as ada",
            [set, cli.As, cli.SaveAs],
            async run =>
            {
                var fields = Fields.Parse(run.Get(set));
                await using var folder = await run.OpenAsync();
                var session = await run.SignInAsync(folder, CallerKind.Application);
                var id = UserId.New();
                using var pending = folder.Saved.Reserve(run.SaveAs ?? id.ToString());
                var created = await session.Get(id).CreateAsync(fields);
                pending.Save(SavedKind.ClaimCode, id.ToString(), created.ClaimCode);
                run.Out.Show(
                    new { Id = id, ClaimCodeSavedAs = pending.Name },
                    () => run.Out.Details(("User", id.ToString()), ("Claim code", $"saved as '{pending.Name}'")));
            });
    }

    private static Command Claim(CommandLine cli)
    {
        var name = new Argument<string?>("NAME")
        {
            Description = "The name that the claim code is saved under.", Arity = ArgumentArity.ZeroOrOne,
        };
        var file = new Option<string?>("--code-file")
        {
            Description = "A file that holds the claim code; '-' for stdin.", HelpName = "FILE",
        };
        return cli.Command(
            "claim",
            "Trades a one-time claim code for the user's own credential, and saves that: in the place of a saved "
            + "claim code, or under the user's id, unless --save-as says otherwise.",
            "sud user claim ada\nsud user claim --code-file - --save-as ada < code.txt",
            [name, file, cli.SaveAs],
            async run =>
            {
                if (run.Get(name) is null == run.Get(file) is null)
                    throw new UsageException("Say where the claim code is: either its saved NAME or --code-file FILE.");
                var read = run.Get(file) is { } path ? await ReadCodeAsync(run, path) : null;
                await using var folder = await run.OpenAsync();
                var code = read ?? new Credential(folder.Saved.Named(run.Get(name)!).Secret);
                var id = Authentication.Claimed(code).ToString();
                using var pending = folder.Saved.Reserve(run.SaveAs ?? run.Get(name) ?? id, replaces: id);
                var credential = await folder.Engine.ClaimAsync(code);
                pending.Save(SavedKind.User, id, credential);
                run.Out.Show(
                    new { Id = id, SavedAs = pending.Name },
                    () => run.Out.Details(("User", id), ("Credential", $"saved as '{pending.Name}'")));
            });
    }

    private static async Task<Credential> ReadCodeAsync(Run run, string path)
    {
        await using var stream = path == "-" ? run.Around.In : RecordCommands.Opened(run.Around.FullPath(path));
        var bytes = new byte[MaxCodeBytes];
        var length = await stream.ReadAtLeastAsync(bytes, bytes.Length, throwOnEndOfStream: false, run.Cancellation);
        return new Credential(System.Text.Encoding.UTF8.GetString(bytes, 0, length).Trim());
    }

    private static Command Set(CommandLine cli)
    {
        var fields = new Argument<string[]>("field=value")
        {
            Description = "Fields and their new values.", Arity = ArgumentArity.ZeroOrMore,
        };
        var remove = new Option<string[]>("--remove")
        {
            Description = "A field to remove; may be repeated.", HelpName = "field",
        };
        var user = new Option<string?>("--user")
        {
            Description = "The user's id or saved name; needed for an application only.", HelpName = "ID",
        };
        return cli.Command(
            "set",
            "Sets and removes fields in one step, as the user or as the application.",
            "sud user set email=ada@example.com --remove phone --as ada",
            [fields, remove, user, cli.As],
            async run =>
            {
                var changes = Fields.Parse(run.Get(fields)).ToDictionary(
                    field => field.Key, field => (string?)field.Value);
                foreach (var name in run.Get(remove))
                    if (!changes.TryAdd(name, null))
                        throw new UsageException($"The field '{name}' is both set and removed: do one.");
                if (changes.Count == 0) throw new UsageException("Nothing is to be set or removed: name a field.");
                await using var folder = await run.OpenAsync();
                var session = await run.SignInAsync(folder, CallerKind.User, CallerKind.Application);
                var id = folder.UserOf(session, run.Get(user));
                await session.Get(id).SetFieldsAsync(changes);
                run.Out.Show(
                    new { Id = id, Changed = changes.Keys.Order(StringComparer.Ordinal) },
                    () => run.Out.Line($"Changed: {string.Join(", ", changes.Keys)}."));
            });
    }

    private static Command Find(CommandLine cli)
    {
        var field = new Argument<string>("FIELD") { Description = "A unique or indexed field." };
        var value = new Argument<string>("VALUE") { Description = "Its value, in any case." };
        return cli.Command(
            "find",
            "Looks users up by a unique or indexed field, as the application. The look-up is on record.",
            "sud user find email ada@example.org --as city-clinic",
            [field, value, cli.As],
            async run =>
            {
                await using var folder = await run.OpenAsync();
                var session = await run.SignInAsync(folder, CallerKind.Application);
                using var progress = run.Out.Progress("looking up");
                var lookUps = session.Get(LookUpsId.AnyOf(session.App()));
                var users = await Pages.AllAsync(
                    cursor => lookUps.FindUsersAsync(run.Get(field), run.Get(value), cursor, Limits.PageItems),
                    progress,
                    run.Cancellation);
                run.Out.Show(
                    new { Users = users },
                    () => run.Out.Table(
                        ["User", "Saved as"],
                        users.Select(IReadOnlyList<string?> (u) => [u.ToString(), folder.Saved.NameOf(u.ToString())])));
            });
    }

    private static Command Show(CommandLine cli) => cli.Command(
        "show",
        "Shows the user's own profile, as the user. The reading is on record.",
        "sud user show --as ada",
        [cli.As],
        async run =>
        {
            await using var folder = await run.OpenAsync();
            var session = await run.SignInAsync(folder, CallerKind.User);
            var profile = await session.Get(session.User()).GetAsync();
            run.Out.Show(profile, () =>
            {
                run.Out.Details(
                    ("User", profile.Id.ToString()),
                    ("Application", profile.App.ToString()),
                    ("Created", Output.Time(profile.CreatedAt)),
                    ("Claimed", Output.Time(profile.ClaimedAt)),
                    ("Reading", profile.Paused ? "paused" : "as decided"));
                run.Out.Table(["Field", "Value"], profile.Fields.OrderBy(field => field.Key, StringComparer.Ordinal)
                    .Select(IReadOnlyList<string?> (field) => [field.Key, field.Value]));
            });
        });

    private static Command Reissue(CommandLine cli)
    {
        var user = new Argument<string>("USER") { Description = "The user's id or saved name." };
        return cli.Command(
            "reissue",
            "Takes a user's lost credential back and saves a new claim code, as an operator. It is in the user's own "
            + "log.",
            "sud user reissue ada --save-as ada-again --as operator",
            [user, cli.As, cli.SaveAs],
            async run =>
            {
                await using var folder = await run.OpenAsync();
                var session = await run.SignInAsync(folder, CallerKind.Operator);
                var id = folder.User(run.Get(user));
                using var pending = folder.Saved.Reserve(run.SaveAs ?? id.ToString(), replaces: id.ToString());
                var code = await session.Get(id).ReissueCredentialAsync();
                pending.Save(SavedKind.ClaimCode, id.ToString(), code);
                run.Out.Show(
                    new { Id = id, ClaimCodeSavedAs = pending.Name },
                    () => run.Out.Details(("User", id.ToString()), ("Claim code", $"saved as '{pending.Name}'")));
            });
    }
}
