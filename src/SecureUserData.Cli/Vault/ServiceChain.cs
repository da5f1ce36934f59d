using System.Text;
using SecureUserData.Vault;
using SecureUserData.Vault.Items;
using SecureUserData.Vault.Ledger;

namespace SecureUserData.Cli.Vault;

/// <summary>A service on the way to another one, with its machine and its customer.</summary>
/// <param name="Service">The service.</param>
/// <param name="Machine">What it runs on; null for nothing.</param>
/// <param name="Customer">The machine's customer; null for none.</param>
internal sealed record ServiceLink(LedgerItem Service, LedgerItem? Machine, LedgerItem? Customer)
{
    /// <summary>The secret; null where it was not asked for, is not there, or may not be read.</summary>
    internal byte[]? Secret { get; init; }

    /// <summary>Why it may not be read; null where it may.</summary>
    internal string? Refusal { get; init; }

    internal object Json() => new
    {
        Service = ItemText.Json(Service, null),
        Machine = Machine is null ? null : ItemText.Json(Machine, null),
        Customer = Customer is null ? null : ItemText.Json(Customer, null),
        Secret = Secret is null ? null : Encoding.UTF8.GetString(Secret),
        Refusal,
    };

    internal void Print(Run run, IReadOnlyDictionary<VaultGroupId, string> groups)
    {
        var (url, newest) = (Service.Content.Url, Service.Newest(VaultTextKind.Secret));
        run.Out.Details(
            ("Service", $"{Service.Content.Name}, {Service.Id}"),
            ("URL", url.Length == 0 ? null : url),
            ("Machine", Machine is null ? null : $"{Machine.Content.Name} {ItemText.More(Machine, groups)}".TrimEnd()),
            ("Customer", Customer?.Content.Name),
            ("Groups", string.Join(", ", Service.Content.Groups.Select(g => groups.GetValueOrDefault(g) ?? $"{g}"))),
            ("Secret", Refusal is not null ? $"(not shown: {Refusal})"
                : newest is null ? "(none)"
                : Secret is null ? $"version {newest.Version}, opened with --secret" : null));
        if (Secret is not null)
        {
            run.Out.Line($"Secret, version {newest?.Version}:");
            ItemText.Print(run, Secret);
        }
        run.Out.Line("");
    }
}

/// <summary>How a service is reached.</summary>
internal static class ServiceChain
{
    /// <summary>The services from the first that is reached to this one.</summary>
    /// <exception cref="CommandException">They go round in a circle.</exception>
    internal static async Task<IReadOnlyList<ServiceLink>> ReadAsync(OpenVault open, LedgerItem service, bool secrets)
    {
        var chain = Walk(open.Ledger, service).ToList();
        for (var i = 0; secrets && i < chain.Count; i++)
            if (chain[i].Service.Newest(VaultTextKind.Secret) is not null) chain[i] = await OpenAsync(open, chain[i]);
        return chain;
    }

    /// <summary>The same without secrets. An honest server takes no circle, and no client checks that.</summary>
    internal static IEnumerable<ServiceLink> Walk(LedgerState ledger, LedgerItem service)
    {
        var chain = new List<ServiceLink>();
        var seen = new HashSet<VaultItemId>();
        for (var at = service; at is not null; at = Find(at.Content.Parent))
        {
            if (!seen.Add(at.Id))
                throw new CommandException(
                    $"{service.Content.Name} is reached through itself, in a circle at {at.Content.Name} ({at.Id}): "
                    + "change a parent with 'sud vault service-put'.");
            var machine = Find(at.Content.Machine);
            chain.Add(new ServiceLink(at, machine, Find(machine?.Content.Customer)));
        }
        chain.Reverse();
        return chain;

        LedgerItem? Find(VaultItemId? id) => id is not { } named ? null
            : ledger.Items.GetValueOrDefault(named) is { Content.IsRemoved: false } there ? there
            : throw new CommandException($"{service.Content.Name} is reached by way of {named}, which is not there.");
    }

    /// <summary>A secret of the way that this user may not read is shown as such; the rest is of use.</summary>
    private static async Task<ServiceLink> OpenAsync(OpenVault open, ServiceLink link)
    {
        try
        {
            return link with { Secret = (await open.Client.ReadAsync(link.Service, VaultTextKind.Secret)).Content };
        }
        catch (SecureUserDataException e) when (e.Code == ErrorCode.Denied)
        {
            return link with { Refusal = e.Message };
        }
    }
}
