using System.CommandLine;

namespace SecureUserData.Cli.Vault;

/// <summary><c>sud vault group-…</c>: groups and their members.</summary>
internal static class VaultGroupCommands
{
    private const string Single = "one member only: nobody else could read it";

    internal static IEnumerable<Command> In(VaultCommands vault) =>
    [
        Add(vault), List(vault), Get(vault), Put(vault), Delete(vault), AddUser(vault), DeleteUser(vault),
        Reseal(vault), .. GroupServiceCommands.In(vault),
    ];

    private static Command Add(VaultCommands vault)
    {
        var name = VaultCommands.Named("NAME", "The group's name: of one script, and like no other group's.");
        var hidden = new Option<bool>("--hidden")
        {
            Description = "Only members and global administrators learn the name.",
        };
        return vault.Command(
            "group-add",
            "Makes a group, with you as its administrator. Its key is made here.",
            "sud vault group-add Operations",
            [name, hidden],
            async (run, open) =>
            {
                var id = await open.Client.AddGroupAsync(run.Get(name), run.Get(hidden));
                run.Out.Show(
                    new { Id = $"{id}", Name = run.Get(name) },
                    () => run.Out.Details(("Group", run.Get(name)), ("Id", $"{id}")));
            });
    }

    private static Command List(VaultCommands vault) => vault.Command(
        "group-list",
        "Lists the groups whose names you may know. A group with a single member is marked: lost keys are lost "
        + "secrets.",
        "sud vault group-list",
        [],
        async (run, open) =>
        {
            var rows = (await open.GroupNamesAsync()).OrderBy(group => group.Value, StringComparer.Ordinal)
                .Select(name => (Id: name.Key, Name: name.Value, Group: open.Ledger.Group(name.Key)))
                .Select(row => new
                {
                    Id = $"{row.Id}",
                    row.Name,
                    row.Group.IsHidden,
                    Members = row.Group.Members.Count,
                    HasSingleMember = row.Group.Members.Count == 1,
                    row.Group.NeedsNewKey,
                }).ToList();
            run.Out.Show(
                new { Groups = rows },
                () => run.Out.Table(
                    ["Id", "Name", "Hidden", "Members", "Note"],
                    rows.Select(IReadOnlyList<string?> (g) =>
                    [
                        g.Id, g.Name, g.IsHidden ? "yes" : "", $"{g.Members}",
                        g.NeedsNewKey ? "needs a new key" : g.HasSingleMember ? Single : "",
                    ])));
        });

    private static Command Get(VaultCommands vault)
    {
        var name = VaultCommands.Group();
        return vault.Command(
            "group-get",
            "Shows a group, its members and its services.",
            "sud vault group-get Operations",
            [name],
            async (run, open) =>
            {
                var id = await open.GroupAsync(run.Get(name));
                var group = open.Ledger.Group(id);
                var title = await open.GroupNameAsync(id);
                var members = group.Members.OrderBy(member => $"{member.Key}", StringComparer.Ordinal).Select(member =>
                    new { Id = $"{member.Key}", Name = open.UserName(member.Key), IsAdministrator = member.Value })
                    .ToList();
                var items = (await open.Client.ListInGroupAsync(id)).Select(item =>
                    new { Id = $"{item.Id}", item.Content.Name }).ToList();
                run.Out.Show(
                    new
                    {
                        Id = $"{id}", Name = title, group.IsHidden, group.KeyVersion, group.NeedsNewKey,
                        Members = members, Items = items,
                    },
                    () =>
                    {
                        run.Out.Details(
                            ("Group", title),
                            ("Id", $"{id}"),
                            ("Hidden", group.IsHidden ? "yes" : "no"),
                            ("Key", $"version {group.KeyVersion}{(group.NeedsNewKey ? ", needs a new one" : "")}"));
                        run.Out.Table(["Member", "Id", "Administrates it"], members.Select(IReadOnlyList<string?> (m) =>
                            [m.Name, m.Id, m.IsAdministrator ? "yes" : ""]));
                        run.Out.Table(["In it", "Id"], items.Select(IReadOnlyList<string?> (i) => [i.Name, i.Id]));
                    });
            });
    }

    private static Command Put(VaultCommands vault)
    {
        var name = VaultCommands.Group();
        var newName = new Option<string?>("--name") { Description = "Its new name.", HelpName = "NAME" };
        var hidden = new Option<string?>("--hidden")
        {
            Description = "Whether only members and global administrators learn the name.",
        }.AcceptOnlyFromAmong("on", "off");
        return vault.Command(
            "group-put",
            "Renames a group, as a member; hides it or shows it, as its administrator.",
            "sud vault group-put Operations --name 'Night shift'\nsud vault group-put Operations --hidden on",
            [name, newName, hidden],
            async (run, open) =>
            {
                if (run.Get(newName) is null && run.Get(hidden) is null)
                    throw new UsageException("Nothing is to be changed: name --name or --hidden.");
                var id = await open.GroupAsync(run.Get(name));
                var isHidden = run.Get(hidden) is { } state ? state == "on" : open.Ledger.Group(id).IsHidden;
                var title = run.Get(newName) ?? (await open.GroupNamesAsync()).GetValueOrDefault(id)
                    ?? throw new CommandException("You do not know this group's name: say --name too.");
                await open.Client.PutGroupAsync(id, title, isHidden);
                run.Out.Show(
                    new { Id = $"{id}", Name = title, IsHidden = isHidden },
                    () => run.Out.Details(("Group", title), ("Id", $"{id}"), ("Hidden", isHidden ? "yes" : "no")));
            });
    }

    private static Command Delete(VaultCommands vault)
    {
        var name = VaultCommands.Group();
        return vault.Command(
            "group-del",
            "Ends a group in which nothing is any more, as a global administrator.",
            "sud vault group-del Operations",
            [name],
            async (run, open) =>
            {
                var id = await open.GroupAsync(run.Get(name));
                await open.Client.RemoveGroupAsync(id);
                run.Out.Show(new { Id = $"{id}" }, () => run.Out.Line($"The group {id} has ended."));
            });
    }

    private static Command AddUser(VaultCommands vault)
    {
        var name = VaultCommands.Group();
        var user = VaultCommands.Named("USER", "The user's id or name.");
        var admin = new Option<bool>("--admin") { Description = "The user is to administrate the group." };
        return vault.Command(
            "group-add-user",
            "Makes a user a member of a group, as a member; says who administrates it, as its administrator. Who has "
            + "not set up yet gets the group's key when a member signs in after that.",
            "sud vault group-add-user Operations Ada",
            [name, user, admin],
            async (run, open) =>
            {
                var id = await open.GroupAsync(run.Get(name));
                var member = open.User(run.Get(user));
                await open.Client.SetMemberAsync(id, member, run.Get(admin));
                var title = await open.GroupNameAsync(id);
                run.Out.Show(
                    new { Group = $"{id}", User = $"{member}", IsAdministrator = run.Get(admin) },
                    () => run.Out.Line($"{open.UserName(member)} is "
                        + (run.Get(admin) ? "an administrator" : "a member") + $" of {title}."
                        + (open.Ledger.Active(member) is null
                            ? " The group's key follows when the user has set up."
                            : "")));
            });
    }

    private static Command DeleteUser(VaultCommands vault)
    {
        var name = VaultCommands.Group();
        var user = VaultCommands.Named("USER", "The user's id or name.");
        return vault.Command(
            "group-del-user",
            "Takes a user out of a group, as its administrator or a global one. The group gets a new key and "
            + "everything in it is sealed anew; then the services are listed whose secrets the user knows.",
            "sud vault group-del-user Operations Ada",
            [name, user],
            async (run, open) =>
            {
                var id = await open.GroupAsync(run.Get(name));
                var leaver = open.User(run.Get(user));
                var leaving = new Leaving(run, open, leaver);
                var known = await leaving.KnownAsync([id]);
                await open.Client.RemoveMemberAsync(id, leaver);
                await leaving.EndAsync([id], known);
            });
    }

    private static Command Reseal(VaultCommands vault)
    {
        var name = VaultCommands.Group();
        return vault.Command(
            "group-reseal",
            "Gives a group a new key where somebody who has left knows the old one, and seals anew what is not sealed "
            + "to its newest key. Stopped, it goes on where it was.",
            "sud vault group-reseal Operations",
            [name],
            async (run, open) =>
            {
                var id = await open.GroupAsync(run.Get(name));
                var count = await Leaving.ResealAsync(run, open, id);
                run.Out.Show(new { Group = $"{id}", Resealed = count }, () => run.Out.Line($"Sealed anew: {count}."));
            });
    }
}
