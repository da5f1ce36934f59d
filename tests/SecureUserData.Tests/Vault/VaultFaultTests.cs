using System.Text;
using SecureUserData.Tests.Hosting;
using SecureUserData.Vault;
using SecureUserData.Vault.Items;
using static SecureUserData.Tests.Hosting.FailingPorts;

namespace SecureUserData.Tests.Vault;

/// <summary>An act on an item is in the vault's chain and in the item, or in neither, wherever a disk fails between the
/// two; and what comes after goes on from there.</summary>
public sealed class VaultFaultTests
{
    /// <summary>Writes of a change, in their order: the announcement, the chain's shelf, the chain, the item; each may
    /// fail before it is stored, or after. The fifth never comes.</summary>
    public static TheoryData<int, bool> Writes =>
        new(from skip in Enumerable.Range(0, 5) from isStored in (bool[])[false, true] select (skip, isStored));

    [Theory]
    [MemberData(nameof(Writes))]
    public async Task A_service_that_could_not_be_added_for_sure_is_there_as_a_whole_or_not_at_all(
        int skip, bool isStored)
    {
        await using var bench = await HostBench.CreateAsync();
        using var grace = await FoundAsync(bench);
        var group = await grace.AddGroupAsync("Database team");
        Fail(bench, skip, isStored);

        await UnknownAsync(() => AddAsync(grace, group, "first"));

        bench.Ports.Next = Failure.None;
        using var again = await VaultClient.ConnectAsync(
            new BenchEngine(bench), grace.Keys, new VaultTrust(grace.Trust.Vault, grace.Trust.Root), bench.Clock);
        foreach (var service in await again.ListAsync(VaultItemKind.Service))
            Assert.Equal("first", await ReadAsync(again, service));
        var second = await AddAsync(again, group, "second");
        Assert.Equal("second", await ReadAsync(again, second));
        await bench.VerifyLogAsync();
    }

    [Theory]
    [MemberData(nameof(Writes))]
    public async Task A_secret_that_could_not_be_changed_for_sure_is_the_old_one_or_the_new_one_and_changes_again(
        int skip, bool isStored)
    {
        await using var bench = await HostBench.CreateAsync();
        using var grace = await FoundAsync(bench);
        var group = await grace.AddGroupAsync("Database team");
        var service = await AddAsync(grace, group, "first");
        Fail(bench, skip, isStored);

        await UnknownAsync(() => grace.SetTextAsync(service, VaultTextKind.Secret, "second"u8.ToArray()));

        bench.Ports.Next = Failure.None;
        service = await grace.GetAsync(service.Id);
        var version = service.Newest(VaultTextKind.Secret)!.Version;
        Assert.Equal(version == 1 ? "first" : "second", await ReadAsync(grace, service));
        service = await grace.SetTextAsync(service, VaultTextKind.Secret, "third"u8.ToArray());
        Assert.Equal(version + 1, service.Newest(VaultTextKind.Secret)!.Version);
        Assert.Equal("third", await ReadAsync(grace, service));
        await bench.VerifyLogAsync();
        // What is on record as not applied, and nothing else, is not in the chain.
        var log = await grace.ReadLogAsync(service.Id);
        var changes = log.Where(entry => entry.Activity == Activity.VaultItemChanged).ToList();
        var rejected = log.Where(entry => entry.Activity == Activity.NotApplied)
            .SelectMany(entry => entry.Names).Distinct().ToList();
        Assert.Equal(version + 1, changes.Count(change => !rejected.Contains($"entry/{change.Sequence}")));
    }

    [Theory]
    [MemberData(nameof(Writes))]
    public async Task A_service_that_could_not_be_added_for_sure_keeps_its_group_from_nothing(int skip, bool isStored)
    {
        await using var bench = await HostBench.CreateAsync();
        using var grace = await FoundAsync(bench);
        var group = await grace.AddGroupAsync("Database team");
        Fail(bench, skip, isStored);
        await UnknownAsync(() => AddAsync(grace, group, "first"));
        bench.Ports.Next = Failure.None;
        foreach (var service in await grace.ListAsync(VaultItemKind.Service)) await grace.RemoveAsync(service);

        await grace.RenewGroupKeyAsync(group);

        Assert.Empty(await grace.ResealAsync(group, null, TestContext.Current.CancellationToken));
        await grace.RemoveGroupAsync(group);
    }

    private static void Fail(HostBench bench, int skip, bool isStored)
    {
        bench.Ports.Skip = skip;
        bench.Ports.Next = isStored ? Failure.AfterSavingState : Failure.BeforeSavingState;
    }

    private static async Task UnknownAsync(Func<Task> change)
    {
        try
        {
            await change();
        }
        catch (SecureUserDataException e) when (e.Code is ErrorCode.Unavailable or ErrorCode.Conflict)
        {
            // nobody knows whether it was stored
        }
    }

    private static async Task<VaultClient> FoundAsync(HostBench bench)
    {
        var invitation = await VaultClient.AddVaultAsync(await bench.SignInAsync(bench.Operator));
        return await VaultClient.FoundAsync(new BenchEngine(bench), invitation, "Grace", _ => { }, bench.Clock);
    }

    private static Task<LedgerItem> AddAsync(VaultClient client, VaultGroupId group, string secret) => client.AddAsync(
        VaultItemKind.Service,
        new ItemContent("Main database") { Groups = [group] },
        Encoding.UTF8.GetBytes(secret));

    private static async Task<string> ReadAsync(VaultClient client, LedgerItem service) =>
        Encoding.UTF8.GetString((await client.ReadAsync(service, VaultTextKind.Secret)).Content);
}
