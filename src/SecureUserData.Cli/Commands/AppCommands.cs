using System.CommandLine;
using SecureUserData.Cli.Keys;
using SecureUserData.Cli.Vault;

namespace SecureUserData.Cli.Commands;

/// <summary><c>sud app</c>.</summary>
internal static class AppCommands
{
    internal static Command In(CommandLine cli) => CommandLine.Group(
        "app",
        "Applications: each holds the key above its users' keys.",
        "sud app register 'City Clinic' --unique email",
        Register(cli),
        List(cli));

    private static Command Register(CommandLine cli)
    {
        var name = new Argument<string>("NAME") { Description = "The application's name, as users see it." };
        var unique = new Option<string[]>("--unique")
        {
            Description = "A field that no two users share; may be repeated.", HelpName = "FIELD",
        };
        var index = new Option<string[]>("--index")
        {
            Description = "A field that users can be looked up by; may be repeated.", HelpName = "FIELD",
        };
        var versions = new Option<int?>("--versions")
        {
            Description = "How many earlier values of each field are kept; 10 unless named.", HelpName = "N",
        };
        var keepIn = new Option<string?>("--keep-in")
        {
            Description = "Register it as a vault user who is an operator (a global administrator of the first vault; "
                + "--as names that user), and keep its credential as a service's secret in this group of the vault, "
                + "and nowhere else.",
            HelpName = "GROUP",
        };
        return cli.Command(
            "register",
            "Registers an application, as an operator, and saves its credential under the name in lower case unless "
            + "--save-as says otherwise.",
            "sud app register 'City Clinic' --unique email --index surname",
            [name, unique, index, versions, keepIn, cli.As, cli.SaveAs],
            async run =>
            {
                var settings = new ApplicationSettings(run.Get(name))
                {
                    UniqueFields = run.Get(unique),
                    IndexedFields = run.Get(index),
                    FieldVersions = run.Get(versions),
                };
                if (run.Get(keepIn) is { } group)
                    await KeptApplication.RegisterAsync(run, settings, run.Get(cli.As), group);
                else await RegisterAsync(run, settings);
            });
    }

    private static async Task RegisterAsync(Run run, ApplicationSettings settings)
    {
        await using var folder = await run.OpenAsync();
        var session = await run.SignInAsync(folder, CallerKind.Operator);
        using var pending = folder.Saved.Reserve(run.SaveAs ?? Slug.Of(settings.Name, "application"));
        var registered = await session.RegisterApplicationAsync(settings);
        pending.Save(SavedKind.Application, registered.Id.ToString(), registered.Credential);
        run.Out.Show(
            new { registered.Id, settings.Name, settings.UniqueFields, settings.IndexedFields, SavedAs = pending.Name },
            () => run.Out.Details(
                ("Application", settings.Name),
                ("Id", registered.Id.ToString()),
                ("Credential", $"saved as '{pending.Name}'")));
    }

    private static Command List(CommandLine cli) => cli.Command(
        "list",
        "Lists the applications, as an operator, in the order of their registration.",
        "sud app list",
        [cli.As],
        async run =>
        {
            await using var folder = await run.OpenAsync();
            var session = await run.SignInAsync(folder, CallerKind.Operator);
            using var progress = run.Out.Progress("listing applications");
            var installation = session.Get(new InstallationId());
            var ids = await Pages.AllAsync(
                cursor => installation.ListApplicationsAsync(cursor, Limits.PageItems), progress, run.Cancellation);
            var rows = ids.Select(id => new { Id = id, SavedAs = folder.Saved.NameOf(id.ToString()) }).ToList();
            run.Out.Show(
                new { Applications = rows },
                () => run.Out.Table(["Id", "Saved as"], rows.Select(IReadOnlyList<string?> (r) =>
                    [r.Id.ToString(), r.SavedAs])));
        });
}
