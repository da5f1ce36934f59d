using SecureUserData.Embedded;

namespace SecureUserData.Tests.Hosting;

/// <summary>What a killed import has acknowledged.</summary>
internal sealed class AcknowledgedImports
{
    private readonly List<string> _tried = [];
    private readonly Dictionary<string, UserId> _created = [];
    private readonly HashSet<UserId> _moved = [];
    private readonly Dictionary<UserId, Credential> _claimed = [];
    private readonly List<(UserId User, RecordId Record, string Text)> _put = [];
    private readonly Dictionary<UserId, string> _given = [];

    internal AcknowledgedImports(IEnumerable<string[]>? said = null)
    {
        foreach (var words in said ?? []) Add(words);
    }

    internal void Add(AcknowledgedImports more)
    {
        _tried.AddRange(more._tried);
        foreach (var (email, user) in more._created) _created[email] = user;
        foreach (var (user, credential) in more._claimed) _claimed[user] = credential;
        foreach (var (user, name) in more._given) _given[user] = name;
        _moved.UnionWith(more._moved);
        _put.AddRange(more._put);
    }

    private void Add(string[] words)
    {
        switch (words)
        {
            case ["try", var email]:
                _tried.Add(email);
                break;
            case ["created", var email, var user]:
                _created[email] = UserId.Parse(user);
                break;
            case ["moved", var email, var user]:
                _created[email] = UserId.Parse(user);
                _moved.Add(UserId.Parse(user));
                break;
            case ["claimed", var user, var credential]:
                _claimed[UserId.Parse(user)] = new Credential(credential);
                break;
            case ["put", var user, var record, var text]:
                _put.Add((UserId.Parse(user), RecordId.Parse(record), text));
                break;
            case ["given", var user, var name]:
                _given[UserId.Parse(user)] = name;
                break;
        }
    }

    /// <summary>Every user has its value, every record decrypts, every script reads what it was allowed to.</summary>
    internal async Task AssertThereAsync(EmbeddedEngine engine, KillFolder folder)
    {
        var app = (await engine.SignInAsync(folder.Shop)).Get(await AppAsync(engine, folder));
        foreach (var (email, user) in _created.Where(user => IsLast(user.Key, user.Value)))
            if ((await app.FindUsersAsync("email", email)).Items is not [var found] || found != user)
                Assert.True(IsMoving(email), $"{email} is lost");
        foreach (var (user, record, text) in _put.Where(put => _claimed.ContainsKey(put.User)))
        {
            var own = (await engine.SignInAsync(_claimed[user])).Get(user);
            Assert.Equal(text, (await own.GetRecordAsync("letters", record)).Content.AsText());
        }
        var reader = await engine.SignInAsync(folder.Script.Credential);
        foreach (var (user, name) in _given)
        {
            var consent = reader.Get(new ConsentId(user, folder.Script.Id));
            Assert.Equal(name, (await consent.ReadAsync(new Selection { Fields = ["name"] })).Fields["name"]);
        }
    }

    /// <summary>Every value that was tried belongs to one user, or to nobody and is free.</summary>
    internal async Task AssertUniqueAsync(EmbeddedEngine engine, KillFolder folder)
    {
        var shop = await engine.SignInAsync(folder.Shop);
        var app = shop.Get(await AppAsync(engine, folder));
        foreach (var email in _tried)
        {
            var holders = (await app.FindUsersAsync("email", email)).Items;
            Assert.InRange(holders.Count, 0, 1);
            var create = shop.CreateUserAsync(new Dictionary<string, string> { ["email"] = email });
            if (holders.Count == 0) await create;
            else Assert.Equal(
                ErrorCode.Conflict, (await Assert.ThrowsAsync<SecureUserDataException>(() => create)).Code);
        }
    }

    /// <summary>Whether the user has not been acknowledged to have another value since.</summary>
    private bool IsLast(string email, UserId user) => IsMoved(email) || !_moved.Contains(user);

    /// <summary>Whether the user may have another value, which nobody has acknowledged.</summary>
    private bool IsMoving(string email) => !IsMoved(email) && _tried.Contains(email.Replace("@", "-moved@"));

    private static bool IsMoved(string email) => email.Contains("-moved@", StringComparison.Ordinal);

    private static async Task<AppId> AppAsync(EmbeddedEngine engine, KillFolder folder) =>
        AppId.Parse((await engine.SignInAsync(folder.Shop)).Identity.Id);
}
