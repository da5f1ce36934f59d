using System.CommandLine;
using SecureUserData.Cli.Console;
using SecureUserData.Vault;

namespace SecureUserData.Cli.Vault;

/// <summary><c>sud vault service-passwd</c>, <c>show</c> and <c>history</c>.</summary>
internal static class VaultServiceCommands
{
    internal static IEnumerable<Command> In(VaultCommands vault) =>
        [Passwd(vault), ServiceImportCommand.In(vault), Show(vault), History(vault)];

    internal static Argument<string> Service() => VaultCommands.Named("SERVICE", "The service's id or name.");

    private static Command Passwd(VaultCommands vault)
    {
        var name = Service();
        var stdin = new Option<bool>("--secret-stdin") { Description = "Read the secret from stdin." };
        return vault.Command(
            "service-passwd",
            "Replaces a service's secret, as who can read the old one. It is asked for, or read from stdin, and sealed "
            + "here to the service's groups; earlier ones are kept.",
            "sud vault service-passwd database\npwgen 24 1 | sud vault service-passwd database --secret-stdin",
            [name, stdin],
            async (run, open) =>
            {
                var item = await open.ItemAsync(VaultItemKind.Service, run.Get(name));
                var secret = SecretInput.Text(run, "secret", run.Get(stdin));
                item = await open.Client.SetTextAsync(item, VaultTextKind.Secret, secret);
                var version = item.Newest(VaultTextKind.Secret)!.Version;
                run.Out.Show(
                    new { Id = $"{item.Id}", SecretVersion = version },
                    () => run.Out.Line($"{item.Content.Name} has a new secret, version {version}."));
            });
    }

    private static Command Show(VaultCommands vault)
    {
        var name = Service();
        var secret = new Option<bool>("--secret") { Description = "Open the secrets. It is on record." };
        return vault.Command(
            "show",
            "Shows a service and how it is reached: the services it is reached through, from the first one on, and the "
            + "machine and the customer of each.",
            "sud vault show database --secret",
            [name, secret],
            async (run, open) =>
            {
                var chain = await ServiceChain.ReadAsync(
                    open, await open.ItemAsync(VaultItemKind.Service, run.Get(name)), run.Get(secret));
                var groups = await open.GroupNamesAsync();
                run.Out.Show(
                    new { Services = chain.Select(link => link.Json()) },
                    () =>
                    {
                        foreach (var link in chain) link.Print(run, groups);
                    });
            });
    }

    private static Command History(VaultCommands vault)
    {
        var name = Service();
        return vault.Command(
            "history",
            "Shows who has changed a service's secret, and when, by the writers' signatures; never the secret.",
            "sud vault history database",
            [name],
            async (run, open) =>
            {
                var item = await open.ItemAsync(VaultItemKind.Service, run.Get(name));
                var rows = item.Texts.Where(text => text.Kind == VaultTextKind.Secret).Select(version => new
                {
                    version.Version, version.At, By = $"{version.By}", Name = open.UserName(version.By),
                }).ToList();
                run.Out.Show(
                    new { Id = $"{item.Id}", Versions = rows },
                    () => run.Out.Table(["Version", "Time", "By", "Id"], rows.Select(IReadOnlyList<string?> (v) =>
                        [$"{v.Version}", Output.Time(v.At), v.Name, v.By])));
            });
    }
}
