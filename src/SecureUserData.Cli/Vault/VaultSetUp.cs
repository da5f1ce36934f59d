using System.CommandLine;
using SecureUserData.Cli.Console;
using SecureUserData.Vault;
using SecureUserData.Vault.Ledger;

namespace SecureUserData.Cli.Vault;

/// <summary><c>sud vault init</c>, <c>found</c> and <c>setup</c>: how a vault begins, and how its users do.</summary>
internal static class VaultSetUp
{
    internal static IEnumerable<Command> In(VaultCommands vault) =>
        [Init(vault.Cli), Found(vault.Cli), SetUp(vault.Cli)];

    private static Command Init(CommandLine cli)
    {
        var admin = new Option<string?>("--admin")
        {
            Description = "The first administrator's name; 'admin' unless named.", HelpName = "NAME",
        };
        var print = new Option<bool>("--print-invitation")
        {
            Description = "Set nobody up here: print the invitation for somebody else, who runs 'sud vault found'.",
        };
        var made = new Option<string?>("--vault")
        {
            Description = "Make none, and go on with one that was made and that nobody has founded in time.",
            HelpName = "VAULT",
        };
        return cli.Command(
            "init",
            "Makes a vault, as an operator, and sets its first administrator up on this machine, with a key file in "
            + "your configuration folder.",
            "sud vault init --admin Grace\nsud vault init --print-invitation",
            [admin, print, made, cli.As],
            run => run.Get(print) switch
            {
                true when run.Get(admin) is not null => throw new UsageException(
                    "Whoever takes the invitation chooses the name: leave --admin or --print-invitation out."),
                true => PrintAsync(run, run.Get(made)),
                false => InitAsync(run, Name(run.Get(admin) ?? "admin"), run.Get(made)),
            });
    }

    private static Command Found(CommandLine cli)
    {
        var name = VaultCommands.Named("NAME", "Your name in the vault.");
        return cli.Command(
            "found",
            "Founds a vault as its first administrator, with the invitation that 'sud vault init --print-invitation' "
            + "has printed: it is asked for, or read from stdin.",
            "sud vault found Grace",
            [name],
            async run =>
            {
                var named = Name(run.Get(name));
                var invitation = SecretInput.Invitation(run);
                if (invitation.Root is not null)
                    throw new UsageException("This vault has been founded: use the invitation with 'sud vault setup'.");
                var passphrase = SecretInput.NewPassphrase(run);
                await using var folder = await run.OpenAsync();
                await FoundAsync(run, folder, invitation, named, passphrase);
            });
    }

    private static Command SetUp(CommandLine cli) => cli.Command(
        "setup",
        "Sets you up as a user of a vault, with the invitation that an administrator has given you: it is asked for, "
        + "or read from stdin. The keys are made here; the server never sees them.",
        "sud vault setup",
        [],
        async run =>
        {
            var invitation = SecretInput.Invitation(run);
            if (invitation.Root is not { } root)
                throw new UsageException(
                    "This is the first administrator's invitation: use it with 'sud vault found'.");
            var passphrase = SecretInput.NewPassphrase(run);
            await using var folder = await run.OpenAsync();
            await JoinAsync(run, invitation.User, passphrase, _ => new VaultTrust(invitation.Vault, root), save =>
                VaultClient.SetUpAsync(folder.Engine, invitation, save, run.Around.Time));
        });

    /// <summary>Checked before anything is made.</summary>
    private static string Name(string text) =>
        VaultLedger.Name(text.Normalize(System.Text.NormalizationForm.FormC), "user");

    private static async Task PrintAsync(Run run, string? made)
    {
        await using var folder = await run.OpenAsync();
        var session = await run.SignInAsync(folder, CallerKind.Operator);
        Print(run, await InviteAsync(session, made), VaultLimits.FoundingTime, "sud vault found NAME");
    }

    private static async Task InitAsync(Run run, string name, string? made)
    {
        var passphrase = SecretInput.NewPassphrase(run);
        await using var folder = await run.OpenAsync();
        var session = await run.SignInAsync(folder, CallerKind.Operator);
        var invitation = await InviteAsync(session, made);
        var until = run.Around.Time.GetUtcNow() + VaultLimits.FoundingTime;
        try
        {
            await FoundAsync(run, folder, invitation, name, passphrase);
        }
        catch
        {
            // nobody else has the invitation, and the first vault's administrators are to be operators
            run.Out.Warn(
                $"the vault {invitation.Vault} was made. If it was not founded, 'sud vault init --vault "
                + $"{invitation.Vault}' goes on with it, after {Output.Time(until)}.");
            throw;
        }
    }

    /// <summary>Makes a vault, or takes one that nobody has founded while there was time.</summary>
    private static async Task<VaultInvitation> InviteAsync(ISession operators, string? made)
    {
        if (made is null) return await VaultClient.AddVaultAsync(operators);
        var vaults = await operators.Get(new InstallationId()).ListVaultsAsync();
        if (!VaultId.TryParse(made, out var vault) || !vaults.Contains(vault))
            throw new UsageException(
                $"There is no vault '{made}' here. The vaults: {string.Join(", ", vaults.Select(id => $"{id}"))}.");
        return await VaultClient.InviteFounderAsync(operators, vault);
    }

    private static Task FoundAsync(
        Run run, OpenFolder folder, VaultInvitation invitation, string name, string passphrase) => JoinAsync(
        run,
        invitation.User,
        passphrase,
        keys => new VaultTrust(
            invitation.Vault, VaultTrust.Fingerprint(invitation.Vault, invitation.User, keys.ToPublic())),
        save => VaultClient.FoundAsync(folder.Engine, invitation, name, save, run.Around.Time));

    /// <summary>Keeps the keys and what they trust, has the vault take them, and keeps what was seen then.</summary>
    private static async Task JoinAsync(
        Run run,
        VaultUserId user,
        string passphrase,
        Func<UserKeys, VaultTrust> begin,
        Func<Action<UserKeys>, Task<VaultClient>> join)
    {
        var files = new VaultFiles(run);
        var isKept = false;
        VaultClient client;
        try
        {
            client = await join(keys =>
            {
                files.Add(keys, begin(keys), passphrase);
                isKept = true;
            });
        }
        catch (SecureUserDataException e) when (
            isKept && e.Code is ErrorCode.Denied or ErrorCode.Invalid or ErrorCode.Conflict)
        {
            files.TakeBack(user); // nothing is sealed to keys that were refused
            throw;
        }
        using (client)
        {
            files.Save(user, client.KeepTrust());
            var name = client.Ledger.Users[user].Name;
            run.Out.Show(
                new
                {
                    Vault = client.Trust.Vault,
                    User = $"{user}",
                    Name = name,
                    Root = Convert.ToHexStringLower(client.Trust.Root),
                    KeyFile = files.KeyFile(user),
                },
                () => run.Out.Details(
                    ("Vault", $"{client.Trust.Vault}"),
                    ("User", $"{name}, {user}"),
                    ("Founder's fingerprint", Convert.ToHexStringLower(client.Trust.Root)),
                    ("Key file", files.KeyFile(user))));
            run.Out.Note(
                "Nobody can make the keys again: print 'sud vault recovery-kit', and keep it and the passphrase "
                + "apart.");
        }
    }

    /// <summary>Prints an invitation, once.</summary>
    internal static void Print(Run run, VaultInvitation invitation, TimeSpan time, string use)
    {
        var text = invitation.Reveal();
        run.Out.Show(
            new { User = $"{invitation.User}", Invitation = text, ValidForSeconds = (long)time.TotalSeconds },
            () =>
            {
                run.Out.Line(text);
                run.Out.Note(
                    $"It is valid for {time.TotalSeconds:0} seconds and shown this once: give it to whom it is for on "
                    + $"a way that the server cannot read, to be used with '{use}'.");
            });
    }
}
