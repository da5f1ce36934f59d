using System.Text;
using SecureUserData.Conformance;
using SecureUserData.Cryptography;
using SecureUserData.Embedded;
using SecureUserData.Vault.Items;

namespace SecureUserData.Vault.Tests.Attacks;

/// <summary>A thief has the database's files, the master key and a recording of every request and answer.</summary>
public sealed class CompromiseTests(ITestOutputHelper output) : IAsyncLifetime
{
    private static readonly string[] Team = ["correct horse", "battery staple", "the key is under the mat"];
    private static readonly string[] Night = ["tuesday's moon", "back door 4711"];

    private readonly string _folder = Directory.CreateTempSubdirectory("sud-vault-").FullName;
    private readonly string _masterKeys = MasterKeyRing.Generate();
    private readonly FakeClock _clock = new(new DateTimeOffset(2026, 3, 2, 9, 0, 0, TimeSpan.Zero));
    private readonly Loot _loot = new();
    private readonly List<byte[]> _private = [];
    private readonly List<byte[]> _public = [];
    private VaultClient _grace = null!;
    private VaultClient _ada = null!;

    public async ValueTask InitializeAsync()
    {
        using var masters = MasterKeyRing.Parse(_masterKeys);
        var (engine, credential) = await EmbeddedEngine.CreateAsync(
            _folder, masters, new EmbeddedOptions { Time = _clock });
        var server = new DishonestServer(engine);
        await using (engine) await LiveADayAsync(server, await server.SignInAsync(credential));
        _loot.Add(server);
        foreach (var file in Directory.EnumerateFiles(_folder, "*", SearchOption.AllDirectories))
            _loot.Add(await File.ReadAllBytesAsync(file));
        _loot.Add(Encoding.UTF8.GetBytes(_masterKeys));
    }

    [Fact]
    public void Nothing_that_is_sealed_and_no_private_key_is_in_what_a_thief_of_everything_has()
    {
        foreach (var text in Team.Concat(Night)) Assert.False(_loot.Holds(Encoding.UTF8.GetBytes(text)), text);
        Assert.True(_loot.Holds("https://db.example.org"u8)); // what is readable is found
        var keys = _private.Concat(_loot.Open(_grace.Keys.Sealing).Keys).ToList();
        Assert.True(keys.Count > 12, $"{keys.Count} keys");
        Assert.All(keys, key => Assert.False(_loot.Holds(key)));

        _public.AddRange(_loot.Texts.Select(text => text.Text.AccessKey));
        output.WriteLine($"{_loot.Bytes} bytes, {_loot.Seals.Count} seals, {_loot.Texts.Count} texts, "
            + $"{_loot.Candidates().Count} candidates for {_public.Count} keys");
        Assert.Equal(0, _loot.Keys(_public));
        var (scalar, text32) = (_private[0], keys[^1]); // planted, both kinds are found
        _loot.Add([1, 2, 3, .. scalar, .. text32, 9]);
        Assert.True(_loot.Holds(scalar));
        Assert.True(_loot.Keys(_public) >= 2);
    }

    [Fact]
    public void One_users_private_key_opens_that_users_groups_and_nothing_else()
    {
        Assert.Equal(Team.Order(StringComparer.Ordinal), _loot.Open(_ada.Keys.Sealing).Texts);
        Assert.Equal(Team.Concat(Night).Order(StringComparer.Ordinal), _loot.Open(_grace.Keys.Sealing).Texts);
        using var nobody = SealingKey.Generate();
        Assert.Empty(_loot.Open(nobody).Texts);
    }

    public ValueTask DisposeAsync()
    {
        _grace.Dispose();
        _ada.Dispose();
        Directory.Delete(_folder, recursive: true);
        return ValueTask.CompletedTask;
    }

    private async Task LiveADayAsync(DishonestServer server, ISession operators)
    {
        var founding = await VaultClient.AddVaultAsync(operators);
        _grace = await VaultClient.FoundAsync(server, founding, "Grace", _ => { }, _clock);
        var invitations = new List<VaultInvitation> { founding };
        var clients = new List<VaultClient> { _grace };
        foreach (var name in (string[])["Ada", "Eve"])
        {
            invitations.Add(await _grace.AddUserAsync(name));
            clients.Add(await VaultClient.SetUpAsync(server, invitations[^1], _ => { }, _clock));
        }
        _ada = clients[1];
        using var eve = clients[2];
        await _grace.RefreshAsync();
        var team = await _grace.AddGroupAsync("Database team");
        var night = await _grace.AddGroupAsync("Night shift", isHidden: true);
        foreach (var (group, member) in ((VaultGroupId, VaultUserId)[])
            [(team, _ada.Me), (team, eve.Me), (night, eve.Me)])
            await _grace.SetMemberAsync(group, member);
        foreach (var client in clients) await client.RefreshAsync();
        var database = await _ada.AddAsync(
            VaultItemKind.Service,
            new ItemContent("Main database") { Url = "https://db.example.org", Groups = [team] },
            Encoding.UTF8.GetBytes(Team[0]),
            Encoding.UTF8.GetBytes(Team[2]));
        var door = await eve.AddAsync(
            VaultItemKind.Service, new ItemContent("Door") { Groups = [night] }, Encoding.UTF8.GetBytes(Night[0]));
        await _ada.SetTextAsync(database, VaultTextKind.Secret, Encoding.UTF8.GetBytes(Team[1]));
        await eve.SetTextAsync(door, VaultTextKind.Secret, Encoding.UTF8.GetBytes(Night[1]));
        await _grace.RemoveMemberAsync(team, eve.Me);
        Assert.Single(await _grace.ResealAsync(team));
        await _ada.RefreshAsync();
        var read = await _ada.ReadAsync(await _ada.GetAsync(database.Id), VaultTextKind.Secret);
        Assert.Equal(Team[1], Encoding.UTF8.GetString(read.Content));
        foreach (var client in clients)
        {
            Keep(client.Keys.Sealing.ExportScalar, client.Keys.Sealing.PublicKey);
            Keep(client.Keys.Signing.ExportScalar, client.Keys.Signing.PublicKey);
        }
        foreach (var invitation in invitations) _private.Add(invitation.Secret);
        _public.AddRange(_grace.Ledger.Groups.Values.SelectMany(group => group.Keys));
        _public.AddRange(_grace.Ledger.Users.Values.Select(user => user.InvitationKey).OfType<byte[]>());
    }

    private delegate void Exporter(Span<byte> scalar);

    private void Keep(Exporter export, ReadOnlySpan<byte> publicKey)
    {
        var scalar = new byte[PrivateScalar.Length];
        export(scalar);
        _private.Add(scalar);
        _public.Add(publicKey.ToArray());
    }
}
