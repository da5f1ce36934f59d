using System.CommandLine;
using SecureUserData.Cli.Keys;

namespace SecureUserData.Cli.Commands;

/// <summary><c>sud script</c>.</summary>
internal static class ScriptCommands
{
    internal static Command In(CommandLine cli) => CommandLine.Group(
        "script", "Data-processing scripts: what they want to read, and why.", "sud script list",
        Register(cli),
        List(cli),
        NewVersion(cli));

    private static Command Register(CommandLine cli)
    {
        var text = new ScriptOptions();
        return cli.Command(
            "register",
            "Registers a script, as its application, and saves its credential under the script's name in lower case "
            + "unless --save-as says otherwise. Every user of the application sees it at once as requested.",
            "sud script register --name Newsletter --purpose 'Send the monthly letter' --basis consent "
            + "--fields email,given_name:initial --retention P30D",
            [.. text.All, cli.As, cli.SaveAs],
            async run =>
            {
                var asked = text.Read(run, before: null);
                await using var folder = await run.OpenAsync();
                var session = await run.SignInAsync(folder, CallerKind.Application);
                using var pending = folder.Saved.Reserve(run.SaveAs ?? Slug.Of(asked.Name, "script"));
                var registered = await session.RegisterScriptAsync(asked);
                pending.Save(SavedKind.Script, registered.Id.ToString(), registered.Credential);
                run.Out.Show(
                    new
                    {
                        registered.Id, Version = 1, Text = asked, AsksFor = MaskedFields.AskedIn(asked),
                        SavedAs = pending.Name,
                    },
                    () => run.Out.Details(
                        ("Script", asked.Name),
                        ("Id", registered.Id.ToString()),
                        ("Asks for", string.Join(", ", MaskedFields.AskedIn(asked))),
                        ("Credential", $"saved as '{pending.Name}'")));
            });
    }

    private static Command NewVersion(CommandLine cli)
    {
        var script = new Argument<string>("SCRIPT") { Description = "The script's id or saved name." };
        var text = new ScriptOptions();
        return cli.Command(
            "new-version",
            "Registers a new version of a script, as its application; what is not named stays as it is. Unless it "
            + "only asks for less, earlier decisions become invalid.",
            "sud script new-version newsletter --fields email",
            [script, .. text.All, cli.As],
            async run =>
            {
                await using var folder = await run.OpenAsync();
                var session = await run.SignInAsync(folder, CallerKind.Application);
                var id = folder.Script(run.Get(script));
                var before = await session.Get(id).GetAsync();
                var asked = text.Read(run, before.Text);
                var version = await session.Get(id).AddVersionAsync(asked);
                run.Out.Show(
                    new { Id = id, Version = version, Text = asked, AsksFor = MaskedFields.AskedIn(asked) },
                    () => run.Out.Line($"{asked.Name} ({id}) is in version {version} now."));
            });
    }

    private static Command List(CommandLine cli) => cli.Command(
        "list",
        "Lists an application's scripts, as the application, in the versions in force.",
        "sud script list --as city-clinic",
        [cli.As],
        async run =>
        {
            await using var folder = await run.OpenAsync();
            var session = await run.SignInAsync(folder, CallerKind.Application);
            using var progress = run.Out.Progress("listing scripts");
            var app = session.Get(session.App());
            var ids = await Pages.AllAsync(
                cursor => app.ListScriptsAsync(cursor, Limits.PageItems), progress, run.Cancellation);
            var scripts = new List<ScriptView>();
            foreach (var id in ids) scripts.Add(await session.Get(id).GetAsync());
            run.Out.Show(
                new
                {
                    Scripts = scripts.Select(s => new
                    {
                        s.Id, s.App, s.Version, s.Text, s.Notice, s.RegisteredAt,
                        AsksFor = MaskedFields.AskedIn(s.Text),
                    }),
                },
                () => run.Out.Table(
                    ["Id", "Version", "Name", "Purpose", "Basis", "Fields", "Collections"],
                    scripts.Select(IReadOnlyList<string?> (s) =>
                    [
                        s.Id.ToString(), s.Version.ToString(), s.Text.Name, s.Text.Purpose,
                        s.Text.LegalBasis.ToString(),
                        string.Join(", ", s.Text.Fields.Select(field => MaskedFields.Describe(field, s.Text.Masks))),
                        string.Join(", ", s.Text.Collections),
                    ])));
        });
}
