using System.Diagnostics;
using System.Globalization;

namespace SecureUserData.Load;

/// <summary>What users in memory cost: the growth of the process, native memory included.</summary>
internal static class MemoryUse
{
    private static readonly Selection Selection = new() { Fields = ["email", "given_name", "surname"] };

    internal static async Task RunAsync(Installation installation, int count)
    {
        var users = await ListAsync(installation, count);
        await installation.ReopenAsync(maxActive: int.MaxValue);
        await ActivateAsync(installation, users[..Math.Min(1_000, users.Count)]); // compiled, connections open
        await installation.ReopenAsync(maxActive: int.MaxValue);
        var before = Resident(collect: true);
        await ActivateAsync(installation, users);
        Show("users", users.Count, before, Resident(collect: false), Resident(collect: true));
        var script = await installation.SignInAsNewsletterAsync();
        await Installation.ForEachAsync(users.Count, async i =>
            await script.Get(new ConsentId(users[i], installation.Newsletter)).ReadAsync(Selection));
        Show("users and their consents, once read", users.Count, before, Resident(false), Resident(true));
    }

    private static async Task<List<UserId>> ListAsync(Installation installation, int count)
    {
        var app = installation.Session.Get(AppId.Parse(installation.Session.Identity.Id));
        var users = new List<UserId>();
        for (string? cursor = null; users.Count < count;)
        {
            var page = await app.ListUsersAsync(cursor, Math.Min(Limits.PageItems, count - users.Count));
            users.AddRange(page.Items);
            if ((cursor = page.Next) is null) break;
        }
        return users;
    }

    /// <summary>Asks for a record that is not there: that brings a user into memory and writes nothing.</summary>
    private static Task ActivateAsync(Installation installation, IReadOnlyList<UserId> users)
    {
        var none = RecordId.New();
        return Installation.ForEachAsync(users.Count, async i =>
        {
            try
            {
                await installation.Session.Get(users[i]).DeleteRecordAsync("none", none);
            }
            catch (SecureUserDataException e) when (e.Code == ErrorCode.NotFound)
            {
            }
        });
    }

    private static long Resident(bool collect)
    {
        if (collect) GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
        using var process = Process.GetCurrentProcess();
        return process.WorkingSet64;
    }

    private static void Show(string what, int count, long before, long after, long collected) =>
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{count} {what}: {(after - before) / count} bytes each resident, {(collected - before) / count} after a "
            + $"collection; of these {GC.GetTotalMemory(false) / count} on the managed heap"));
}
