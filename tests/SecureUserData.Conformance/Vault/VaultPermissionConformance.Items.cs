using SecureUserData.Vault;
using SecureUserData.Vault.Items;

namespace SecureUserData.Conformance.Vault;

// The rows of customers, machines and services.
public abstract partial class VaultPermissionConformance
{
    private static async Task MachineAddAsync(Team team)
    {
        await RefusedAsync(
            ErrorCode.Invalid, () => team.Eve.AddAsync(VaultItemKind.Machine, new ItemContent("db1")));
        await AddMachineAsync(team);
    }

    private static async Task MachinePutAsync(Team team)
    {
        var (customer, machine) = await AddMachineAsync(team);
        await team.Bob.PutAsync(customer, new ItemContent("City Library"));
        await team.Bob.PutAsync(machine, machine.Content with { Ip = "192.0.2.8" });
        var secretive = await team.Ada.AddAsync(
            VaultItemKind.Customer,
            new ItemContent("Archive") { Groups = [team.Group] },
            notes: Bytes("Mind the cat."));
        await RefusedAsync(
            ErrorCode.Denied, () => team.Eve.PutAsync(secretive, secretive.Content with { Name = "Eve's" }));
    }

    private static async Task ServiceGetAsync(Team team) =>
        Assert.Equal("https://db.example.org", (await team.Eve.GetAsync(team.Service.Id)).Content.Url);

    private static async Task ServiceListAsync(Team team) =>
        Assert.Equal([team.Service.Id], (await team.Eve.ListAsync(VaultItemKind.Service)).Select(item => item.Id));

    private static async Task MachineDelAsync(Team team)
    {
        var (customer, machine) = await AddMachineAsync(team);
        await RefusedAsync(ErrorCode.Denied, () => team.Ada.RemoveAsync(machine));
        var refusal = await RefusedAsync(ErrorCode.Conflict, () => team.Grace.RemoveAsync(customer));
        Assert.Contains($"{machine.Id}", refusal.Message);
        await team.Grace.RemoveAsync(machine);
        await team.Grace.RemoveAsync(customer);
    }

    private static async Task ServiceAddAsync(Team team)
    {
        await RefusedAsync(ErrorCode.Invalid, () => AddServiceAsync(team.Eve, "No group"));
        var service = await AddServiceAsync(team.Eve, "Backup", team.Group);
        await RefusedAsync(ErrorCode.Denied, () => SecretAsync(team.Eve, service));
    }

    private static async Task ServicePutAsync(Team team)
    {
        foreach (var stranger in new[] { team.Eve, team.Grace })
            await RefusedAsync(
                ErrorCode.Denied, () => stranger.PutAsync(team.Service, team.Service.Content with { Url = "x" }));
        await RefusedAsync(
            ErrorCode.Invalid,
            () => team.Bob.PutAsync(team.Service, team.Service.Content with { Parent = team.Service.Id }));
        await team.Bob.PutAsync(team.Service, team.Service.Content with { Url = "https://db2.example.org" });
    }

    private static async Task ServicePasswdAsync(Team team)
    {
        foreach (var stranger in new[] { team.Eve, team.Grace })
            await RefusedAsync(
                ErrorCode.Denied, () => stranger.SetTextAsync(team.Service, VaultTextKind.Secret, Bytes("mine")));
        await team.Bob.SetTextAsync(team.Service, VaultTextKind.Secret, Bytes("new"));
        Assert.Equal("new", await SecretAsync(team.Ada, team.Service));
    }

    private static async Task ServiceDelAsync(Team team)
    {
        await RefusedAsync(ErrorCode.Denied, () => team.Bob.RemoveAsync(team.Service));
        var child = await team.Ada.AddAsync(
            VaultItemKind.Service,
            new ItemContent("psql") { Parent = team.Service.Id, Groups = [team.Group] },
            Bytes("other"));
        await RefusedAsync(ErrorCode.Conflict, () => team.Ada.RemoveAsync(team.Service));
        await team.Grace.RemoveAsync(child);
        await team.Ada.RemoveAsync(team.Service);
    }

    private static async Task ShowAsync(Team team)
    {
        foreach (var stranger in new[] { team.Eve, team.Grace })
            await RefusedAsync(ErrorCode.Denied, () => SecretAsync(stranger, team.Service));
        Assert.Equal(Password, await SecretAsync(team.Bob, team.Service));
        var log = await (await team.Ada.OpenSessionAsync()).Get(team.Service.Id).ReadLogAsync();
        Assert.Equal((Activity.VaultTextHandedOut, $"{team.Bob.Me}"), (log[^1].Activity, log[^1].Actor));
    }

    private static async Task SearchAsync(Team team)
    {
        var (customer, machine) = await AddMachineAsync(team);
        var backup = await team.Bob.AddAsync(
            VaultItemKind.Service,
            new ItemContent("Backup") { Machine = machine.Id, Groups = [team.Group] },
            Bytes("hidden-word"),
            Bytes("hidden-word"));
        async Task FindsAsync(VaultSearch search, params LedgerItem[] items) => Assert.Equal(
            items.Select(item => item.Id), (await team.Eve.SearchAsync(search)).Select(found => found.Item.Id));
        await FindsAsync(new VaultSearch { Words = ["DATA", "db.example"] }, team.Service);
        await FindsAsync(new VaultSearch { Words = ["library"] }, customer, machine, backup);
        await FindsAsync(new VaultSearch { Words = ["library", "backup"] }, backup);
        await FindsAsync(new VaultSearch { Words = [$"{machine.Id}"] }, machine);
        await FindsAsync(new VaultSearch { Words = ["hidden-word"] });
        await FindsAsync(new VaultSearch { Group = team.Group }, team.Service, backup);
        await FindsAsync(new VaultSearch { Machine = machine.Id }, machine, backup);
        await FindsAsync(new VaultSearch { Customer = customer.Id, Group = team.Group }, backup);
        await team.Grace.RemoveAsync(backup);
        await FindsAsync(new VaultSearch { Words = ["library"] }, customer, machine);
    }

    private static async Task<(LedgerItem Customer, LedgerItem Machine)> AddMachineAsync(Team team)
    {
        var customer = await team.Eve.AddAsync(VaultItemKind.Customer, new ItemContent("Library"));
        return (customer, await team.Eve.AddAsync(
            VaultItemKind.Machine, new ItemContent("db1") { Customer = customer.Id }));
    }
}
