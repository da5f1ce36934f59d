using System.CommandLine;
using System.Globalization;
using SecureUserData.Cli.Console;
using SecureUserData.Vault;
using SecureUserData.Vault.Ledger;

namespace SecureUserData.Cli.Vault;

/// <summary><c>sud vault user-…</c>.</summary>
internal static class VaultUserCommands
{
    internal static IEnumerable<Command> In(VaultCommands vault) =>
        [Add(vault), List(vault), Delete(vault), Administrator(vault), Passphrase(vault)];

    private static Command Add(VaultCommands vault)
    {
        var name = VaultCommands.Named("NAME", "The user's name, which no other one looks like.");
        var admin = new Option<bool>("--admin") { Description = "The user is to be a global administrator." };
        var time = new Option<string?>("--setup-time")
        {
            Description = "How long the invitation is valid, in seconds: 300s unless named, at most 604800s.",
            HelpName = "SECONDS",
        };
        return vault.Command(
            "user-add",
            "Invites a user, as a global administrator, and prints the invitation, once. The name of a user whose "
            + "time to set up is over invites that user again.",
            "sud vault user-add Ada\nsud vault user-add Ada --admin --setup-time 3600s",
            [name, admin, time],
            async (run, open) =>
            {
                var setUpTime = run.Get(time) is { } text ? Seconds(text, "--setup-time") : VaultLimits.SetUpTime;
                var now = run.Around.Time.GetUtcNow();
                var late = open.Ledger.Users.FirstOrDefault(user =>
                    user.Value is { IsRemoved: false, Keys: null } && user.Value.Until < now
                    && user.Value.Name == run.Get(name));
                var invitation = late.Value is null
                    ? await open.Client.AddUserAsync(run.Get(name), run.Get(admin), setUpTime)
                    : await open.Client.InviteAgainAsync(late.Key, run.Get(admin), setUpTime);
                VaultSetUp.Print(run, invitation, setUpTime, "sud vault setup");
            });
    }

    private static Command List(VaultCommands vault) => vault.Command(
        "user-list",
        "Lists the users, whether they have set up, and their groups; * marks what a user administrates.",
        "sud vault user-list",
        [],
        async (run, open) =>
        {
            var names = await open.GroupNamesAsync();
            var rows = open.Ledger.Users.Where(user => !user.Value.IsRemoved)
                .OrderBy(user => $"{user.Key}", StringComparer.Ordinal)
                .Select(user => new
                {
                    Id = $"{user.Key}",
                    user.Value.Name,
                    user.Value.IsAdministrator,
                    SetUp = SetUp(user.Value, run.Around.Time.GetUtcNow()),
                    Groups = Groups(open.Ledger, user.Key, names).ToList(),
                }).ToList();
            run.Out.Show(
                new { Users = rows },
                () => run.Out.Table(
                    ["Id", "Name", "Administrator", "Set up", "Groups"],
                    rows.Select(IReadOnlyList<string?> (u) =>
                        [u.Id, u.Name, u.IsAdministrator ? "yes" : "", u.SetUp, string.Join(", ", u.Groups)])));
        });

    private static Command Delete(VaultCommands vault)
    {
        var name = VaultCommands.Named("USER", "The user's id or name.");
        return vault.Command(
            "user-del",
            "Takes a user out of the vault and of all groups, as a global administrator. Where you administrate a "
            + "group, it gets a new key and everything in it is sealed anew; then the services are listed whose "
            + "secrets the user knows.",
            "sud vault user-del Ada",
            [name],
            async (run, open) =>
            {
                var user = open.User(run.Get(name));
                var groups = open.Ledger.Groups
                    .Where(group => !group.Value.IsRemoved && group.Value.Members.ContainsKey(user))
                    .Select(group => group.Key).ToList();
                var leaving = new Leaving(run, open, user);
                var known = await leaving.KnownAsync(groups);
                await open.Client.RemoveUserAsync(user);
                await leaving.EndAsync(groups, known);
            });
    }

    private static Command Administrator(VaultCommands vault)
    {
        var name = VaultCommands.Named("USER", "The user's id or name.");
        var state = VaultCommands.Named("on|off", "Whether the user is one.").AcceptOnlyFromAmong("on", "off");
        return vault.Command(
            "user-admin",
            "Makes a user a global administrator, or no longer, as another one.",
            "sud vault user-admin Ada on",
            [name, state],
            async (run, open) =>
            {
                var user = open.User(run.Get(name));
                await open.Client.SetAdministratorAsync(user, run.Get(state) == "on");
                run.Out.Show(
                    new { User = $"{user}", IsAdministrator = run.Get(state) == "on" },
                    () => run.Out.Line($"{open.UserName(user)} is "
                        + (run.Get(state) == "on" ? "a global" : "no global") + " administrator from now on."));
            });
    }

    private static Command Passphrase(VaultCommands vault) => vault.Cli.Command(
        "user-passwd",
        "Changes the passphrase of your key file. Copies of the file, on paper too, keep the old one.",
        "sud vault user-passwd",
        [vault.As],
        run =>
        {
            var files = new VaultFiles(run);
            var user = files.Choose(run.Get(vault.As));
            var before = SecretInput.Passphrase(run);
            KeyFile.Open(files.KeyFile(user), before).Dispose(); // a wrong one is told before a new one is asked for
            KeyFile.ChangePassphrase(files.KeyFile(user), before, SecretInput.OtherPassphrase(run));
            run.Out.Show(
                new { KeyFile = files.KeyFile(user) },
                () => run.Out.Line($"{files.KeyFile(user)} has the new passphrase."));
            return Task.CompletedTask;
        });

    /// <summary>A time in seconds, as in <c>300s</c>.</summary>
    internal static TimeSpan Seconds(string text, string option) =>
        int.TryParse(text.TrimEnd('s'), NumberStyles.None, CultureInfo.InvariantCulture, out var seconds)
        && seconds > 0 && seconds <= VaultLimits.LongestSetUpTime.TotalSeconds
            ? TimeSpan.FromSeconds(seconds)
            : throw new UsageException(
                $"{option} takes seconds, 1s to {VaultLimits.LongestSetUpTime.TotalSeconds:0}s.");

    private static string SetUp(LedgerUser user, DateTimeOffset now) =>
        user.Keys is not null ? "yes"
        : now <= user.Until ? $"until {Output.Time(user.Until)}"
        : "no, and the time is over";

    private static IEnumerable<string> Groups(
        LedgerState ledger, VaultUserId user, IReadOnlyDictionary<VaultGroupId, string> names) =>
        names.Where(name => ledger.Group(name.Key).Members.ContainsKey(user))
            .OrderBy(name => name.Value, StringComparer.Ordinal)
            .Select(name => name.Value + (ledger.Group(name.Key).IsAdministratedBy(user) ? "*" : ""));
}
