using System.Text;
using SecureUserData.Vault;
using SecureUserData.Vault.Items;

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
        var chain = new List<ServiceLink>();
        var seen = new HashSet<VaultItemId>();
        for (LedgerItem? at = service; at is not null; at = await FindAsync(open, at.Content.Parent))
        {
            if (!seen.Add(at.Id))
                throw new CommandException(
                    $"{service.Content.Name} is reached through itself, in a circle at {at.Content.Name} ({at.Id}): "
                    + "change a parent with 'sud vault service-put'.");
            var machine = await FindAsync(open, at.Content.Machine);
            var link = new ServiceLink(at, machine, await FindAsync(open, machine?.Content.Customer));
            chain.Add(secrets && at.Newest(VaultTextKind.Secret) is not null ? await OpenAsync(open, link) : link);
        }
        chain.Reverse();
        return chain;
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

    private static async Task<LedgerItem?> FindAsync(OpenVault open, VaultItemId? id) =>
        id is { } there ? await open.Client.GetAsync(there) : null;
}
