using System.Text;
using SecureUserData.Conformance;
using SecureUserData.Cryptography;
using SecureUserData.Embedded;

namespace SecureUserData.Tests.Integrity;

/// <summary>After an erasure the files hold no piece of what was erased, whatever was moved about before.</summary>
public sealed class RemnantTests(ITestOutputHelper output)
{
    private const int Piece = 16;
    private const int Users = 150;

    [Theory]
    [InlineData(1)]
    [InlineData(20261121)]
    public async Task No_piece_of_a_former_envelope_and_no_unique_key_is_left_in_any_file(int seed)
    {
        output.WriteLine($"seed {seed}");
        using var folder = new DataFolder();
        var created = await EmbeddedEngine.CreateAsync(
            folder.Path, MasterKeyRing.Parse(DataFolder.Masters), new EmbeddedOptions { Time = new FakeClock() });
        await using var engine = created.Engine;
        var random = new Random(seed);
        var users = await FillAsync(engine, created.OperatorCredential, random);
        var earlier = Envelopes(folder, [.. users.Select(user => user.ToString())]);
        await ChangeAsync(users, random);
        var (erased, kept) = (users.Where((_, i) => i % 3 == 0).ToList(), users.Where((_, i) => i % 3 != 0).ToList());
        var of = erased.Select(user => user.ToString()).ToHashSet();
        var envelopes = Envelopes(folder, of);
        var uniqueKeys = UniqueKeys(folder, of);
        Assert.True(envelopes.Count > 2 * erased.Count && uniqueKeys.Count == erased.Count);
        Assert.Equal(envelopes.Count, Find(folder, envelopes).Count); // the search finds what is there
        Assert.Equal(uniqueKeys.Count, Find(folder, uniqueKeys).Count);

        foreach (var user in erased)
            await _shop!.EraseAsync(user, cancellation: TestContext.Current.CancellationToken);

        Assert.Empty(Find(folder, envelopes));
        Assert.Empty(Find(folder, uniqueKeys));
        var others = Envelopes(folder, [.. kept.Select(user => user.ToString())]);
        Assert.Equal(others.Count, Find(folder, others).Count);
        var now = others.Select(Convert.ToHexString).ToHashSet();
        Assert.Empty(Find(folder, [.. earlier.Where(one => !now.Contains(Convert.ToHexString(one)))]));
    }

    private ISession? _shop;

    private async Task<IReadOnlyList<UserId>> FillAsync(EmbeddedEngine engine, Credential credential, Random random)
    {
        var operators = await engine.SignInAsync(credential);
        var registered = await operators.RegisterApplicationAsync(
            new ApplicationSettings("shop") { UniqueFields = ["email"] });
        _shop = await engine.SignInAsync(registered.Credential);
        var script = await _shop.RegisterScriptAsync(
            new ScriptText("Letters", "Write letters", LegalBasis.Consent) { Fields = ["email"] });
        var users = new List<UserId>();
        for (var i = 0; i < Users; i++)
        {
            var user = await _shop.CreateUserAsync(new Dictionary<string, string>
            {
                ["email"] = $"user{i}@example.org", ["address"] = Text(random, 600),
            });
            users.Add(user.Id);
            var session = await engine.SignInAsync(await engine.ClaimAsync(user.ClaimCode));
            if (i % 2 == 0) await session.Get(new ConsentId(user.Id, script.Id)).GiveAsync();
        }
        await ChangeAsync(users, random);
        return users;
    }

    /// <summary>States and records grow, shrink and are replaced, so that pages are split and filled anew.</summary>
    private async Task ChangeAsync(IReadOnlyList<UserId> users, Random random)
    {
        var records = new List<(UserId User, RecordId Id)>();
        for (var i = 0; i < Users * 2; i++)
        {
            var user = users[random.Next(Users)];
            if (random.Next(3) == 0) await _shop!.Get(user).SetFieldAsync("address", Text(random, 2_500));
            else if (random.Next(4) > 0 || records.Count == 0)
                records.Add((user, await _shop!.Get(user).PutRecordAsync(
                    "letters", RecordContent.Text(Text(random, 6_000)))));
            else
            {
                var (owner, id) = records[random.Next(records.Count)];
                await _shop!.Get(owner).PutRecordAsync("letters", RecordContent.Text(Text(random, 6_000)), id);
            }
        }
    }

    private static string Text(Random random, int length)
    {
        var text = new StringBuilder();
        for (var i = random.Next(1, length); i >= 0; i--) text.Append((char)('a' + random.Next(26)));
        return text.ToString();
    }

    /// <summary>The sealed states of users and consents, and the records' envelopes.</summary>
    private static List<byte[]> Envelopes(DataFolder folder, HashSet<string> users) =>
    [
        .. folder.Rows("SELECT substr(id, 1, 30), body FROM state WHERE id LIKE 'usr_%'")
            .Concat(folder.Rows("SELECT user, envelope FROM record"))
            .Where(row => users.Contains((string)row[0]))
            .Select(row => (byte[])row[1]),
    ];

    private static List<byte[]> UniqueKeys(DataFolder folder, HashSet<string> users) =>
    [
        .. folder.Rows("SELECT holder, key FROM unique_key")
            .Where(row => users.Contains((string)row[0]))
            .Select(row => Encoding.UTF8.GetBytes((string)row[1])),
    ];

    /// <summary>Where the files hold any 16 bytes in a row of which of these; the first place of each.</summary>
    private static Dictionary<int, string> Find(DataFolder folder, IReadOnlyList<byte[]> values)
    {
        var pieces = new Dictionary<(ulong, ulong), int>();
        for (var i = 0; i < values.Count; i++)
            for (var at = 0; at + Piece <= values[i].Length; at++) pieces[Key(values[i].AsSpan(at))] = i;
        var found = new Dictionary<int, string>();
        foreach (var file in Directory.GetFiles(folder.Path))
        {
            if (Path.GetFileName(file) == "sud.lock") continue;
            using var stream = new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
            var bytes = new byte[stream.Length];
            stream.ReadExactly(bytes);
            for (var at = 0; at + Piece <= bytes.Length; at++)
                if (pieces.TryGetValue(Key(bytes.AsSpan(at)), out var value))
                    found.TryAdd(value, $"{Path.GetFileName(file)}, page {at / 4096 + 1}, byte {at % 4096}");
        }
        return found;

        static (ulong, ulong) Key(ReadOnlySpan<byte> piece) =>
            (BitConverter.ToUInt64(piece), BitConverter.ToUInt64(piece[8..]));
    }
}
