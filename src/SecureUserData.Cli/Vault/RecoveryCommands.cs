using System.CommandLine;
using SecureUserData.Cli.Console;
using SecureUserData.Vault;

namespace SecureUserData.Cli.Vault;

/// <summary><c>sud vault recovery-kit</c> and <c>recover</c>.</summary>
internal static class RecoveryCommands
{
    private const int FingerprintBytes = 32;

    internal static IEnumerable<Command> In(VaultCommands vault) => [Kit(vault), Recover(vault)];

    private static Command Kit(VaultCommands vault) => vault.Cli.Command(
        "recovery-kit",
        "Prints on one sheet what brings your keys back after this machine is lost: the key file, still encrypted "
        + "under its passphrase, and the founder's fingerprint.",
        "sud vault recovery-kit | lpr",
        [vault.As],
        run =>
        {
            var files = new VaultFiles(run);
            var user = files.Choose(run.Get(vault.As));
            var trust = files.Load(user);
            var root = Convert.ToHexStringLower(trust.Root);
            var key = File.ReadAllText(files.KeyFile(user));
            var name = trust.Ledger.Users.GetValueOrDefault(user)?.Name ?? "";
            run.Out.Show(
                new { Vault = $"{trust.Vault}", User = $"{user}", Name = name, Root = root, KeyFile = key },
                () => Print(run, trust, user, name, root, key));
            return Task.CompletedTask;
        });

    private static void Print(Run run, VaultTrust trust, VaultUserId user, string name, string root, string key)
    {
        run.Out.Line("RECOVERY KIT OF A VAULT USER");
        run.Out.Details(
            ("Printed", Output.Time(run.Around.Time.GetUtcNow())),
            ("Vault", $"{trust.Vault}"),
            ("User", $"{name}, {user}"),
            ("Founder's fingerprint", root));
        run.Out.Line("");
        run.Out.Line("Keep this sheet locked away, and the passphrase somewhere else: both together open all that");
        run.Out.Line("this user may read. To recover, type or scan the lines between the rules into a file my.key,");
        run.Out.Line("and on a machine that reaches the vault run:");
        run.Out.Line($"  sud vault recover my.key --root {root}");
        run.Out.Line("If the sheet may have been seen, have this user taken out of the vault and invited anew.");
        run.Out.Line(new string('-', 64));
        foreach (var line in key.TrimEnd().Split('\n')) run.Out.Line(line.TrimEnd('\r'));
        run.Out.Line(new string('-', 64));
    }

    private static Command Recover(VaultCommands vault)
    {
        var file = VaultCommands.Named("KEYFILE", "The key file from the recovery kit.");
        var root = new Option<string>("--root")
        {
            Description = "The founder's fingerprint from the recovery kit.", HelpName = "HEX", Required = true,
        };
        return vault.Cli.Command(
            "recover",
            "Brings a user's keys back on this machine from the recovery kit, and signs in once.",
            "sud vault recover my.key --root 6f0e…",
            [file, root],
            async run =>
            {
                using var keys = KeyFile.Open(run.Around.FullPath(run.Get(file)), SecretInput.Passphrase(run));
                var user = VaultUserId.Parse(keys.User);
                var files = new VaultFiles(run);
                if (File.Exists(files.KeyFile(user)))
                    throw new CommandException(
                        $"This user has a key file here already: use it, or move {files.KeyFile(user)} away first.");
                var trust = new VaultTrust(VaultId.Parse(keys.Vault), Fingerprint(run.Get(root)));
                var hasSeen = File.Exists(files.TrustFile(user)); // then a server that shows older things is found out
                if (hasSeen && !files.Load(user, keys).Root.SequenceEqual(trust.Root))
                    throw new CommandException(
                        $"The vault was not founded by whom --root names, as {files.TrustFile(user)} tells: correct "
                        + "--root.");
                using (var copy = new OwnerOnlyFile(files.KeyFile(user)))
                {
                    if (!hasSeen) files.Save(keys, trust);
                    copy.Save(File.ReadAllBytes(run.Around.FullPath(run.Get(file))), replace: false);
                }
                try
                {
                    await using var open = await OpenVault.OpenAsync(run, $"{user}");
                    run.Out.Show(
                        new { User = $"{user}", Name = open.UserName(user), KeyFile = files.KeyFile(user) },
                        () => run.Out.Line($"{open.UserName(user)} is back: {files.KeyFile(user)}."));
                }
                catch
                {
                    if (hasSeen) File.Delete(files.KeyFile(user));
                    else files.TakeBack(user); // the kit is as it was
                    throw;
                }
            });
    }

    private static byte[] Fingerprint(string text)
    {
        try
        {
            if (Convert.FromHexString(text.Trim()) is { Length: FingerprintBytes } root) return root;
        }
        catch (FormatException)
        {
            // told below
        }
        throw new UsageException(
            $"That is no fingerprint: --root takes the {2 * FingerprintBytes} hex digits of the kit.");
    }
}
