using SecureUserData.Conformance.Permissions;
using SecureUserData.Vault;
using SecureUserData.Vault.Items;

namespace SecureUserData.Conformance.Vault;

/// <summary>Runs every row of <c>docs/vault-permissions.md</c>: what it allows is done, and what it refuses is refused.
/// </summary>
public abstract partial class VaultPermissionConformance(EngineFixture fixture) : VaultConformance(fixture)
{
    private static readonly Dictionary<string, Func<VaultPermissionConformance, Team, Task>> Rows = new()
    {
        ["user-add"] = (suite, team) => suite.UserAddAsync(team),
        ["user-setup"] = (suite, team) => suite.UserSetUpAsync(team),
        ["user-del"] = (_, team) => UserDelAsync(team),
        ["user-list"] = (_, team) => UserListAsync(team),
        ["user-passwd"] = (_, team) => UserPasswdAsync(team),
        ["group-add"] = (_, team) => GroupAddAsync(team),
        ["group-put"] = (_, team) => GroupPutAsync(team),
        ["group-del"] = (_, team) => GroupDelAsync(team),
        ["group-list, group-get"] = (_, team) => GroupListAsync(team),
        ["group-add-user"] = (_, team) => GroupAddUserAsync(team),
        ["group-del-user"] = (_, team) => GroupDelUserAsync(team),
        ["group-add-service"] = (_, team) => GroupAddServiceAsync(team),
        ["group-del-service"] = (_, team) => GroupDelServiceAsync(team),
        ["customer-add, machine-add"] = (_, team) => MachineAddAsync(team),
        ["customer-put, machine-put"] = (_, team) => MachinePutAsync(team),
        ["customer-get, machine-get, service-get"] = (_, team) => ServiceGetAsync(team),
        ["customer-list, machine-list, service-list"] = (_, team) => ServiceListAsync(team),
        ["customer-del, machine-del"] = (_, team) => MachineDelAsync(team),
        ["service-add"] = (_, team) => ServiceAddAsync(team),
        ["service-put"] = (_, team) => ServicePutAsync(team),
        ["service-passwd"] = (_, team) => ServicePasswdAsync(team),
        ["service-del"] = (_, team) => ServiceDelAsync(team),
        ["show"] = (_, team) => ShowAsync(team),
        ["search"] = (_, team) => SearchAsync(team),
    };

    public static TheoryData<string> Functions => [.. FunctionTable.Names()];

    [Fact]
    public void Every_row_of_the_table_is_run() => Assert.Equal(Rows.Keys.Order(), FunctionTable.Names().Order());

    [Theory]
    [MemberData(nameof(Functions))]
    public async Task What_the_table_allows_is_done_and_what_it_refuses_is_refused(string function)
    {
        using var grace = await FoundAsync(); // a global administrator, in no group
        using var ada = await JoinAsync(grace, "Ada"); // administrates the group
        using var bob = await JoinAsync(grace, "Bob"); // a member of it
        using var eve = await JoinAsync(grace, "Eve"); // nothing
        await ada.RefreshAsync();
        var group = await ada.AddGroupAsync("Database team");
        await ada.SetMemberAsync(group, bob.Me);
        var service = await AddServiceAsync(ada, "Main database", group);
        foreach (var client in new[] { grace, bob, eve }) await client.RefreshAsync();
        await Rows[function](this, new Team(grace, ada, bob, eve, group, service));
    }

    private async Task UserAddAsync(Team team)
    {
        await RefusedAsync(ErrorCode.Denied, () => team.Ada.AddUserAsync("Zoë"));
        foreach (var taken in (string[])["Ada", "ADA"])
            await RefusedAsync(ErrorCode.Conflict, () => team.Grace.AddUserAsync(taken));
        var invitation = await team.Grace.AddUserAsync("Zoë");
        await RefusedAsync(ErrorCode.Conflict, () => team.Grace.InviteAgainAsync(invitation.User));
        await RefusedAsync(ErrorCode.Conflict, () => team.Grace.InviteAgainAsync(team.Ada.Me));
        Clock.Advance(TimeSpan.FromSeconds(301));
        await team.Grace.InviteAgainAsync(invitation.User, isAdministrator: true);
        Assert.True(team.Grace.Ledger.Users[invitation.User].IsAdministrator);
        Clock.Advance(TimeSpan.FromSeconds(301));
        var again = await team.Grace.InviteAgainAsync(invitation.User);
        Assert.False(team.Grace.Ledger.Users[invitation.User].IsAdministrator);
        (await VaultClient.SetUpAsync(Door, again, _ => { }, Clock)).Dispose();
    }

    private async Task UserSetUpAsync(Team team)
    {
        var late = await team.Grace.AddUserAsync("Late");
        Clock.Advance(TimeSpan.FromSeconds(301));
        await RefusedAsync(ErrorCode.Denied, () => VaultClient.SetUpAsync(Door, late, _ => { }, Clock));
        var slow = await team.Grace.AddUserAsync("Slow", setUpTime: TimeSpan.FromHours(1));
        Clock.Advance(TimeSpan.FromMinutes(59));
        (await VaultClient.SetUpAsync(Door, slow, _ => { }, Clock)).Dispose();
        var twice = await Assert.ThrowsAsync<SecureUserDataException>(
            () => VaultClient.SetUpAsync(Door, slow, _ => { }, Clock));
        Assert.Contains(twice.Code, (ErrorCode[])[ErrorCode.Denied, ErrorCode.Conflict]); // at the door, or behind it
        var first = await VaultClient.AddVaultAsync(await OperatorAsync());
        Clock.Advance(TimeSpan.FromSeconds(901));
        await RefusedAsync(ErrorCode.Denied, () => VaultClient.FoundAsync(Door, first, "Grace", _ => { }, Clock));
    }

    private static async Task UserDelAsync(Team team)
    {
        await RefusedAsync(ErrorCode.Denied, () => team.Ada.RemoveUserAsync(team.Bob.Me));
        await RefusedAsync(ErrorCode.Conflict, () => team.Grace.RemoveUserAsync(team.Grace.Me));
        await RefusedAsync(ErrorCode.Conflict, () => team.Grace.RemoveUserAsync(team.Ada.Me));
        await team.Grace.RemoveUserAsync(team.Bob.Me);
        Assert.True(team.Grace.Ledger.Group(team.Group).NeedsNewKey);
        await RefusedAsync(ErrorCode.Denied, () => SecretAsync(team.Bob, team.Service));
    }

    private static Task UserListAsync(Team team)
    {
        var users = team.Eve.Ledger.Users;
        Assert.Equal(["Ada", "Bob", "Eve", "Grace"], users.Values.Select(user => user.Name).Order());
        Assert.Equal([team.Grace.Me], users.Where(user => user.Value.IsAdministrator).Select(user => user.Key));
        return Task.CompletedTask;
    }

    private static Task UserPasswdAsync(Team team)
    {
        var file = Path.Combine(Directory.CreateTempSubdirectory("vault-").FullName, "keys.pem");
        KeyFile.Create(file, team.Ada.Keys, "correct horse battery");
        Assert.Equal(ErrorCode.Invalid, Assert.Throws<SecureUserDataException>(
            () => KeyFile.ChangePassphrase(file, "correct horse battery", "short")).Code);
        Assert.Equal(ErrorCode.Denied, Assert.Throws<SecureUserDataException>(
            () => KeyFile.ChangePassphrase(file, "something else entirely", "staple staple staple")).Code);
        KeyFile.ChangePassphrase(file, "correct horse battery", "staple staple staple");
        KeyFile.Open(file, "staple staple staple").Dispose();
        Directory.Delete(Path.GetDirectoryName(file)!, recursive: true);
        return Task.CompletedTask;
    }

    private static async Task GroupAddAsync(Team team)
    {
        foreach (var taken in (string[])["Database team", "DATABASE TEAM", "database-team"])
            await RefusedAsync(ErrorCode.Conflict, () => team.Eve.AddGroupAsync(taken));
        await RefusedAsync(ErrorCode.Invalid, () => team.Eve.AddGroupAsync("Dаtabase team")); // one а is Cyrillic
        var group = await team.Eve.AddGroupAsync("Night shift");
        Assert.True(team.Eve.Ledger.Group(group).IsAdministratedBy(team.Eve.Me));
    }

    private static async Task GroupPutAsync(Team team)
    {
        await RefusedAsync(ErrorCode.Denied, () => team.Eve.PutGroupAsync(team.Group, "Eves", false));
        await team.Bob.PutGroupAsync(team.Group, "Databases", false);
        await RefusedAsync(ErrorCode.Denied, () => team.Bob.PutGroupAsync(team.Group, "Databases", true));
        await team.Ada.RefreshAsync();
        await team.Ada.PutGroupAsync(team.Group, "Databases", true);
    }

    private static async Task GroupDelAsync(Team team)
    {
        await RefusedAsync(ErrorCode.Denied, () => team.Ada.RemoveGroupAsync(team.Group));
        var refusal = await RefusedAsync(ErrorCode.Conflict, () => team.Grace.RemoveGroupAsync(team.Group));
        Assert.Contains($"{team.Service.Id}", refusal.Message);
        await team.Ada.RemoveAsync(team.Service);
        await team.Grace.RemoveGroupAsync(team.Group);
    }

    private static async Task GroupListAsync(Team team)
    {
        Assert.Single(await team.Eve.ListGroupsAsync());
        await team.Ada.PutGroupAsync(team.Group, "Database team", isHidden: true);
        foreach (var client in new[] { team.Grace, team.Bob, team.Eve }) await client.RefreshAsync();
        Assert.Empty(await team.Eve.ListGroupsAsync());
        Assert.Single(await team.Bob.ListGroupsAsync());
        Assert.Single(await team.Grace.ListGroupsAsync());
    }

    private static async Task GroupAddUserAsync(Team team)
    {
        await RefusedAsync(ErrorCode.Denied, () => team.Eve.SetMemberAsync(team.Group, team.Eve.Me));
        await RefusedAsync(ErrorCode.Denied, () => team.Grace.SetMemberAsync(team.Group, team.Grace.Me));
        await RefusedAsync(ErrorCode.Denied, () => team.Bob.SetMemberAsync(team.Group, team.Eve.Me, true));
        await team.Bob.SetMemberAsync(team.Group, team.Eve.Me);
        await team.Eve.RefreshAsync();
        Assert.Equal(Password, await SecretAsync(team.Eve, team.Service));
    }

    private static async Task GroupDelUserAsync(Team team)
    {
        await RefusedAsync(ErrorCode.Denied, () => team.Bob.RemoveMemberAsync(team.Group, team.Ada.Me));
        await RefusedAsync(ErrorCode.Denied, () => team.Ada.RemoveMemberAsync(team.Group, team.Ada.Me));
        await RefusedAsync(ErrorCode.Conflict, () => team.Grace.RemoveMemberAsync(team.Group, team.Ada.Me));
        await team.Grace.RemoveMemberAsync(team.Group, team.Bob.Me); // and learns no key of the group
        Assert.Equal(1, team.Grace.Ledger.Group(team.Group).KeyVersion);
        await team.Ada.RefreshAsync();
        await team.Ada.SetMemberAsync(team.Group, team.Eve.Me);
        await team.Ada.RemoveMemberAsync(team.Group, team.Eve.Me);
        Assert.Equal((2, false), (team.Ada.Ledger.Group(team.Group).KeyVersion,
            team.Ada.Ledger.Group(team.Group).NeedsNewKey));
    }

    private static async Task GroupAddServiceAsync(Team team)
    {
        var other = await team.Eve.AddGroupAsync("Night shift");
        foreach (var client in new[] { team.Bob, team.Grace }) await client.RefreshAsync();
        await RefusedAsync(ErrorCode.Denied, () => team.Eve.AddToGroupAsync(team.Service, other));
        await RefusedAsync(ErrorCode.Denied, () => team.Grace.AddToGroupAsync(team.Service, other));
        await team.Bob.AddToGroupAsync(team.Service, other);
        Assert.Equal(Password, await SecretAsync(team.Eve, team.Service));
    }

    private static async Task GroupDelServiceAsync(Team team)
    {
        await RefusedAsync(ErrorCode.Invalid, () => team.Ada.RemoveFromGroupAsync(team.Service, team.Group));
        var other = await team.Eve.AddGroupAsync("Night shift");
        await team.Bob.RefreshAsync();
        var service = await team.Bob.AddToGroupAsync(team.Service, other);
        service = await team.Bob.SetTextAsync(service, VaultTextKind.Secret, Bytes("of Bob"));
        await RefusedAsync(ErrorCode.Denied, () => team.Bob.RemoveFromGroupAsync(service, team.Group));
        await team.Ada.RemoveFromGroupAsync(service, team.Group);
        await RefusedAsync(ErrorCode.Denied, () => SecretAsync(team.Bob, service));
        Assert.Equal("of Bob", await SecretAsync(team.Eve, service)); // who is in none of its groups any more
    }

    private sealed record Team(
        VaultClient Grace, VaultClient Ada, VaultClient Bob, VaultClient Eve, VaultGroupId Group, LedgerItem Service);
}
