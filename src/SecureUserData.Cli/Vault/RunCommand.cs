using System.CommandLine;
using System.Diagnostics;
using System.Text;
using SecureUserData.Vault;
using SecureUserData.Vault.Items;

namespace SecureUserData.Cli.Vault;

/// <summary><c>sud vault run</c>.</summary>
internal static class RunCommand
{
    private const int NotStarted = 127;

    internal static Command In(VaultCommands vault)
    {
        var services = new Argument<string[]>("SERVICE… -- CMD")
        {
            Description = "The services, by id or name; after -- the command and its arguments.",
            Arity = ArgumentArity.OneOrMore,
        };
        var names = new Option<string[]>("--env")
        {
            Description = "The variable of each service, in their order; otherwise the service's name in upper case.",
            HelpName = "NAME",
        };
        return vault.Cli.Command(
            "run",
            "Runs a command with services' secrets as environment variables, which its child processes see too. The "
            + "data folder is closed before it starts; its exit code is the command's.",
            "sud vault run database --env PGPASSWORD -- psql -h db.example.org",
            [services, names, vault.As],
            async Task<int> (run) =>
            {
                var (named, command) = Split(run.Tokens, run.Get(services));
                var variables = Variables(named, run.Get(names));
                var secrets = new Dictionary<string, string>(StringComparer.Ordinal);
                await using (var open = await OpenVault.OpenAsync(run, run.Get(vault.As)))
                    for (var i = 0; i < named.Count; i++)
                    {
                        var item = await open.ItemAsync(VaultItemKind.Service, named[i]);
                        var variable = variables is null ? Variable(item.Content.Name) : variables[i];
                        if (!secrets.TryAdd(variable, await SecretAsync(open, item)))
                            throw new UsageException($"Two secrets would be {variable}: name each with --env.");
                    }
                return await StartAsync(run, command, secrets);
            });
    }

    /// <summary>A variable's name: <c>Main database (EU)</c> is <c>MAIN_DATABASE_EU</c>.</summary>
    internal static string Variable(string service)
    {
        var name = new StringBuilder();
        foreach (var c in service.ToUpperInvariant())
            if (char.IsAsciiLetterOrDigit(c)) name.Append(c);
            else if (name.Length > 0 && name[^1] != '_') name.Append('_');
        var text = name.ToString().TrimEnd('_');
        return text.Length > 0 && !char.IsAsciiDigit(text[0])
            ? text
            : throw new UsageException($"'{service}' gives no name for a variable: say one with --env NAME.");
    }

    private static (IReadOnlyList<string> Services, IReadOnlyList<string> Command) Split(
        IReadOnlyList<string> tokens, IReadOnlyList<string> arguments)
    {
        var at = tokens.ToList().IndexOf("--");
        var after = at < 0 ? 0 : tokens.Count - at - 1;
        if (after == 0 || after >= arguments.Count)
            throw new UsageException("Say which services, and after -- which command: run SERVICE -- CMD.");
        return ([.. arguments.SkipLast(after)], [.. arguments.TakeLast(after)]);
    }

    private static IReadOnlyList<string>? Variables(IReadOnlyList<string> services, IReadOnlyList<string> names)
    {
        if (names.Count == 0) return null;
        if (names.Count != services.Count)
            throw new UsageException("Name a variable with --env for each of the services, in their order.");
        return names.FirstOrDefault(name => name.Length == 0 || name.Contains('=') || name.Contains('\0')) is { } bad
            ? throw new UsageException($"'{bad}' is no name for a variable.")
            : names;
    }

    private static async Task<string> SecretAsync(OpenVault open, LedgerItem item)
    {
        var secret = Encoding.UTF8.GetString(await open.SecretAsync(item));
        return secret.Contains('\0')
            ? throw new CommandException($"The secret of {item.Content.Name} cannot be in a variable: it holds a NUL.")
            : secret;
    }

    private static async Task<int> StartAsync(
        Run run, IReadOnlyList<string> command, Dictionary<string, string> secrets)
    {
        if (run.Around.FindProgram(command[0]) is not { } program)
        {
            run.Out.Error($"{command[0]} cannot be started: there is no such program on the PATH.");
            return NotStarted;
        }
        var start = new ProcessStartInfo(program, command.Skip(1)) { WorkingDirectory = run.Around.CurrentFolder };
        foreach (var (name, secret) in secrets) start.Environment[name] = secret;
        try
        {
            using var process = Process.Start(start)!;
            await process.WaitForExitAsync(CancellationToken.None); // Ctrl-C is the command's own to take
            return process.ExitCode;
        }
        catch (System.ComponentModel.Win32Exception e)
        {
            run.Out.Error($"{command[0]} cannot be started: {e.Message}.");
            return NotStarted;
        }
    }
}
