using System.Diagnostics;
using System.Text;
using SecureUserData.Cryptography;
using SecureUserData.Embedded;
using SecureUserData.Vault;
using SecureUserData.Vault.Items;

namespace SecureUserData.VaultLoad;

/// <summary>A vault as a large organisation has it: half of the services in the first groups, the others spread over
/// all; a hundred machines for each of some customers; five members in each group.</summary>
internal sealed class LargeVault : IAsyncDisposable
{
    /// <summary>Groups that half of the services are in.</summary>
    internal const int Large = 4;

    private const int Members = 5;
    private const int ServicesOfMachine = 5;
    private const int MachinesOfCustomer = 100;

    private readonly string _folder;
    private readonly MasterKeyRing _masters;

    private LargeVault(string folder, MasterKeyRing masters, EmbeddedEngine engine, VaultClient client)
    {
        (_folder, _masters, Engine, Client) = (folder, masters, engine, client);
        Groups = [.. client.Ledger.Groups.Keys.OrderBy(group => $"{group}", StringComparer.Ordinal)];
    }

    internal EmbeddedEngine Engine { get; }

    /// <summary>A member and administrator of all groups.</summary>
    internal VaultClient Client { get; }

    internal IReadOnlyList<VaultGroupId> Groups { get; }

    internal static byte[] Secret => Encoding.ASCII.GetBytes("correct horse battery staple");

    internal static async Task<LargeVault> MakeAsync(string parent, int services, int groups, int users)
    {
        var start = Stopwatch.GetTimestamp();
        var folder = Path.Combine(parent, $"sud-vault-{UserId.New()}");
        var masters = MasterKeyRing.Parse(MasterKeyRing.Generate());
        var (engine, credential) = await EmbeddedEngine.CreateAsync(folder, masters);
        var invitation = await VaultClient.AddVaultAsync(await engine.SignInAsync(credential));
        var client = await VaultClient.FoundAsync(engine, invitation, "Grace", _ => { });
        var people = new List<VaultUserId>();
        while (people.Count < users - 1)
        {
            var invited = await client.AddUserAsync($"user {people.Count}");
            (await VaultClient.SetUpAsync(engine, invited, _ => { })).Dispose();
            people.Add(invited.User);
            await client.RefreshAsync();
        }
        Report("users", client.Ledger.Users.Count, start);
        for (var i = 0; i < groups; i++)
        {
            var group = await client.AddGroupAsync($"group {i}");
            for (var member = 1; member < Members; member++)
                await client.SetMemberAsync(group, people[(i * Members + member) % people.Count]);
        }
        Report("groups", groups, start);
        var vault = new LargeVault(folder, masters, engine, client);
        await vault.AddServicesAsync(services);
        Report("services", services, start);
        return vault;
    }

    private async Task AddServicesAsync(int services)
    {
        LedgerItem? customer = null, machine = null;
        for (var i = 0; i < services; i++)
        {
            if (i % (ServicesOfMachine * MachinesOfCustomer) == 0)
                customer = await Client.AddAsync(VaultItemKind.Customer, new ItemContent($"Customer {i}"));
            if (i % ServicesOfMachine == 0)
                machine = await Client.AddAsync(VaultItemKind.Machine, new ItemContent($"host{i}")
                {
                    Customer = customer!.Id, Fqdn = $"host{i}.example.org", Ip = "192.0.2.7", Location = "Rack 3",
                });
            await Client.AddAsync(
                VaultItemKind.Service,
                new ItemContent($"service {i}")
                {
                    Machine = machine!.Id,
                    Url = $"https://host{i}.example.org/",
                    Groups = i % 2 == 0 ? [.. Groups.Take(Large)] : [Groups[i % Groups.Count]],
                },
                Secret);
        }
    }

    private static void Report(string what, int count, long start) => Console.WriteLine(
        $"{count} {what} after {Stopwatch.GetElapsedTime(start).TotalSeconds:0} s");

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        await Engine.DisposeAsync();
        _masters.Dispose();
        Directory.Delete(_folder, recursive: true);
    }
}
