using System.Text;
using SecureUserData.Embedded;
using SecureUserData.Tests.Integrity;

namespace SecureUserData.Tests.Backups;

/// <summary>Users with fields, records and consents that grow, shrink and are replaced, so that pages are split and
/// filled anew.</summary>
internal sealed record BackedUpPeople(ISession Shop, Credential Credential, IReadOnlyList<UserId> Users)
{
    internal static async Task<BackedUpPeople> FillAsync(
        EmbeddedEngine engine, Credential credential, Random random, int count)
    {
        var registered = await (await engine.SignInAsync(credential)).RegisterApplicationAsync(
            new ApplicationSettings("shop") { UniqueFields = ["email"] });
        var shop = await engine.SignInAsync(registered.Credential);
        var script = await shop.RegisterScriptAsync(
            new ScriptText("Letters", "Write letters", LegalBasis.Consent) { Fields = ["email"] });
        var users = new List<UserId>();
        for (var i = 0; i < count; i++)
        {
            var user = await shop.CreateUserAsync(new Dictionary<string, string>
            {
                ["email"] = $"user{i}@example.org", ["address"] = Text(random, 600),
            });
            users.Add(user.Id);
            var session = await engine.SignInAsync(await engine.ClaimAsync(user.ClaimCode));
            if (i % 2 == 0) await session.Get(new ConsentId(user.Id, script.Id)).GiveAsync();
            await shop.Get(user.Id).PutRecordAsync("letters", RecordContent.Text(Text(random, 6_000)));
        }
        var records = new List<(UserId User, RecordId Id)>();
        for (var i = 0; i < count * 3; i++)
        {
            var user = users[random.Next(count)];
            var content = RecordContent.Text(Text(random, 6_000));
            if (random.Next(3) == 0) await shop.Get(user).SetFieldAsync("address", Text(random, 2_500));
            else if (random.Next(4) > 0 || records.Count == 0)
                records.Add((user, await shop.Get(user).PutRecordAsync("letters", content)));
            else
            {
                var (owner, id) = records[random.Next(records.Count)];
                await shop.Get(owner).PutRecordAsync("letters", content, id);
            }
        }
        await shop.FindUsersAsync("email", "user0@example.org");
        return new BackedUpPeople(shop, registered.Credential, users);
    }

    /// <summary>The sealed states of users and of their consents, the records' envelopes, the unique keys.</summary>
    internal static List<byte[]> Traces(DataFolder folder, IReadOnlySet<UserId> users)
    {
        var names = users.Select(user => user.ToString()).ToHashSet();
        return
        [
            .. folder.Rows("SELECT substr(id, 1, 30), body FROM state WHERE id LIKE 'usr_%'")
                .Concat(folder.Rows("SELECT user, envelope FROM record"))
                .Where(row => names.Contains((string)row[0]))
                .Select(row => (byte[])row[1]),
            .. folder.Rows("SELECT holder, key FROM unique_key")
                .Where(row => names.Contains((string)row[0]))
                .Select(row => Encoding.UTF8.GetBytes((string)row[1])),
        ];
    }

    private static string Text(Random random, int length)
    {
        var text = new StringBuilder();
        for (var i = random.Next(1, length); i >= 0; i--) text.Append((char)('a' + random.Next(26)));
        return text.ToString();
    }
}
