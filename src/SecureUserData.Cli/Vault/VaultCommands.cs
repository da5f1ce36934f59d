using System.CommandLine;

namespace SecureUserData.Cli.Vault;

/// <summary><c>sud vault</c>: a team's shared secrets, whose server cannot read them.</summary>
internal sealed class VaultCommands(CommandLine cli)
{
    internal CommandLine Cli => cli;

    /// <summary>Whose key file to use.</summary>
    internal Option<string?> As { get; } = new("--as")
    {
        Description = "Which vault user to be, by name or id. May be left out when only one has a key file here.",
        HelpName = "USER",
    };

    internal static Command In(CommandLine cli)
    {
        var vault = new VaultCommands(cli);
        return CommandLine.Group(
            "vault",
            "A team's shared secrets: made and opened on the members' own machines, and kept by a server that cannot "
            + "read them. The passphrase of your key file is asked for, or read from the file that "
            + "SUD_VAULT_PASSPHRASE_FILE names.",
            "sud vault init --admin Grace\nsud vault user-add Ada\nsud vault show database --secret",
            [
                .. VaultSetUp.In(vault),
                .. VaultUserCommands.In(vault),
                .. VaultGroupCommands.In(vault),
                .. VaultItemCommands.In(vault),
                .. VaultServiceCommands.In(vault),
                SearchCommand.In(vault),
                RunCommand.In(vault),
                CopyCommand.In(vault),
                .. RecoveryCommands.In(vault),
            ]);
    }

    /// <summary>A command of a user who is signed in.</summary>
    internal Command Command(
        string name, string description, string example, IEnumerable<Symbol> symbols, Func<Run, OpenVault, Task> run) =>
        cli.Command(name, description, example, [.. symbols, As], async Task (Run r) =>
        {
            await using var vault = await OpenVault.OpenAsync(r, r.Get(As));
            await run(r, vault);
        });

    internal static Argument<string> Group() => Named("GROUP", "The group's id or name.");

    internal static Argument<string> Named(string name, string description) =>
        new(name) { Description = description };
}
