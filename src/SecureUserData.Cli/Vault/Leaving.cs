using SecureUserData.Vault;
using SecureUserData.Vault.Items;

namespace SecureUserData.Cli.Vault;

/// <summary>Somebody leaves groups. What is in them is sealed to a new key then; what the leaver knows by heart only a
/// new password ends, and which those are is listed.</summary>
internal sealed class Leaving(Run run, OpenVault open, VaultUserId leaver)
{
    private const string Secret = "secret/";

    /// <summary>The services in groups whose newest secret the leaver was handed or has written.</summary>
    internal async Task<IReadOnlyList<LedgerItem>> KnownAsync(IReadOnlyList<VaultGroupId> groups)
    {
        using var progress = run.Out.Progress("looking what the leaver knows");
        var known = new List<LedgerItem>();
        var seen = new HashSet<VaultItemId>();
        foreach (var group in groups)
            foreach (var item in await open.Client.ListInGroupAsync(group))
            {
                run.Cancellation.ThrowIfCancellationRequested();
                if (item.Newest(VaultTextKind.Secret) is null || !seen.Add(item.Id)) continue;
                if (await IsKnownAsync(item)) known.Add(item);
                progress.Advance();
            }
        return known;
    }

    /// <summary>Seals anew what can be, and says what is left to do.</summary>
    internal async Task EndAsync(IReadOnlyList<VaultGroupId> groups, IReadOnlyList<LedgerItem> known)
    {
        var waiting = new List<VaultGroupId>();
        var resealed = 0;
        foreach (var group in groups)
        {
            var after = open.Ledger.Group(group);
            if (after.NeedsNewKey && !after.IsAdministratedBy(open.Me)) waiting.Add(group);
            else if (after.Members.ContainsKey(open.Me)) resealed += await ResealAsync(run, open, group);
        }
        run.Out.Show(
            new
            {
                User = $"{leaver}",
                Resealed = resealed,
                WaitingGroups = waiting.Select(group => $"{group}"),
                ToChange = known.Select(item => new { Id = $"{item.Id}", item.Content.Name }),
            },
            () =>
            {
                run.Out.Line($"{open.UserName(leaver)} has left. Sealed anew: {resealed}.");
                foreach (var group in waiting)
                    run.Out.Line($"An administrator of the group has to run 'sud vault group-reseal {group}'.");
                if (known.Count == 0) return;
                run.Out.Line("These secrets the leaver knows: change them where they are in use, and then with 'sud "
                    + "vault service-passwd':");
                run.Out.Table(["Id", "Service"], known.Select(IReadOnlyList<string?> (item) =>
                    [$"{item.Id}", item.Content.Name]));
            });
    }

    /// <summary>Gives a group a new key where somebody knows the old one, and seals to it what is sealed to older ones.
    /// Stopped, it goes on where it was.</summary>
    /// <returns>How many items were sealed anew.</returns>
    internal static async Task<int> ResealAsync(Run run, OpenVault open, VaultGroupId group)
    {
        if (open.Ledger.Group(group).NeedsNewKey) await open.Client.RenewGroupKeyAsync(group);
        using var line = run.Out.Progress($"sealing {await open.GroupNameAsync(group)} anew");
        return (await open.Client.ResealAsync(group, new Far(line), run.Cancellation)).Count;
    }

    private async Task<bool> IsKnownAsync(LedgerItem item)
    {
        var newest = $"{Secret}{item.Newest(VaultTextKind.Secret)!.Version}";
        var log = await open.Client.ReadLogAsync(item.Id);
        return log.Any(entry => entry.Actor == $"{leaver}" && entry.Names.Contains(newest)
            && entry.Activity is Activity.VaultTextHandedOut or Activity.VaultItemChanged);
    }

    private sealed class Far(Console.ProgressLine line) : IProgress<(int Done, int Of)>
    {
        private bool _begun;

        public void Report((int Done, int Of) value)
        {
            if (!_begun) line.Begin("sealing anew", value.Of, 0);
            _begun = true;
            line.Report(value.Done);
        }
    }
}
