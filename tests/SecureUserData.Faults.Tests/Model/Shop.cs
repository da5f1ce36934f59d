using System.Collections.Concurrent;
using System.Collections.Immutable;

namespace SecureUserData.Faults.Tests.Model;

/// <summary>An application with a script, on an engine: how acts are done, and how what came of them is read.</summary>
internal sealed class Shop
{
    internal static readonly ApplicationSettings Settings =
        new("shop") { UniqueFields = ["email"], IndexedFields = ["city"] };

    internal static readonly ScriptText Text = new("Letters", "Monthly letter", LegalBasis.Consent)
    {
        Fields = ["name", "email"],
        Collections = [Act.Letters],
    };

    private readonly ISecureUserData _engine;
    private readonly Purse _purse;
    private readonly ConcurrentDictionary<UserId, ISession> _selves = new();

    private Shop(ISecureUserData engine, Purse purse, ISession operators, ISession app, ISession reader)
    {
        _engine = engine;
        _purse = purse;
        Operators = operators;
        App = app;
        Reader = reader;
    }

    internal ISession Operators { get; }

    internal ISession App { get; }

    internal ISession Reader { get; }

    internal ScriptId Script => _purse.Script.Id;

    internal IApplication Application => App.Get(AppId.Parse(App.Identity.Id));

    internal IRotation Rotation => App.Get(new RotationId(AppId.Parse(App.Identity.Id)));

    /// <summary>Registers the application and its script.</summary>
    internal static async Task<Purse> RegisterAsync(ISecureUserData engine, Credential operators)
    {
        var app = await (await engine.SignInAsync(operators)).RegisterApplicationAsync(Settings);
        var script = await (await engine.SignInAsync(app.Credential)).RegisterScriptAsync(Text);
        return new Purse(operators, app.Credential, script);
    }

    internal static async Task<Shop> OpenAsync(ISecureUserData engine, Purse purse) => new(
        engine,
        purse,
        await engine.SignInAsync(purse.Operator),
        await engine.SignInAsync(purse.App),
        await engine.SignInAsync(purse.Script.Credential));

    internal IUser Of(UserId user) => App.Get(user);

    internal async Task<IUser> SelfAsync(UserId user) => (await SessionAsync(user)).Get(user);

    internal async Task<IConsent> ConsentAsync(UserId user) =>
        (await SessionAsync(user)).Get(new ConsentId(user, Script));

    internal async Task<string> CreateAsync(UserId user, string email, string name)
    {
        var created = await Of(user).CreateAsync(
            new Dictionary<string, string> { ["email"] = email, ["name"] = name });
        return await ClaimAsync(user, created.ClaimCode);
    }

    /// <summary>A new credential; whatever fails, the one before may have been taken back.</summary>
    internal async Task<string> ReissueAsync(UserId user)
    {
        _purse.Users.TryRemove(user, out _);
        _selves.TryRemove(user, out _);
        return await ClaimAsync(user, await Operators.Get(user).ReissueCredentialAsync());
    }

    internal async Task PutAsync(UserId user, string label, string? instead = null)
    {
        RecordId? id = instead is null ? null : _purse.Records[(user, instead)];
        _purse.Records[(user, label)] = await Of(user).PutRecordAsync(Act.Letters, Content(label), id);
    }

    internal async Task AddAsync(UserId user, IEnumerable<string> labels)
    {
        NewRecord[] records = [.. labels.Select(label => new NewRecord(RecordId.New(), Content(label)))];
        var added = await Of(user).AddRecordsAsync(Act.Letters, records);
        Assert.Equal(records.Length, added.Count);
        foreach (var (record, label) in records.Zip(labels)) _purse.Records[(user, label)] = record.Id;
    }

    internal Task DeleteAsync(UserId user, string label) =>
        Of(user).DeleteRecordAsync(Act.Letters, _purse.Records[(user, label)]);

    /// <summary>What is stored of a user, as the user, the application and the script see it.</summary>
    internal async Task<Person> ReadAsync(UserId user)
    {
        var person = new Person(user);
        try
        {
            if (await App.Get(new ErasureId(user)).GetAsync() is { } erasure)
            {
                Assert.True(erasure.Certificate is not null, $"the erasure of {user} is half done");
                return person with { Exists = true, Erased = true };
            }
        }
        catch (SecureUserDataException e) when (e.Code == ErrorCode.NotFound)
        {
            return person;
        }
        var self = await SelfAsync(user);
        var profile = await self.GetAsync();
        return await WithReadingAsync(person with
        {
            Exists = true,
            Fields = profile.Fields.ToImmutableSortedDictionary(StringComparer.Ordinal),
            Paused = profile.Paused,
            Records = await ReadRecordsAsync(user, self),
            Consent = (await (await ConsentAsync(user)).GetAsync()).Status,
        });
    }

    /// <summary>Every value belongs to the one who has it, or is free; afterwards none is free.</summary>
    internal async Task AssertUniqueAsync(IEnumerable<string> emails, IReadOnlyCollection<Person> people)
    {
        foreach (var email in emails)
        {
            UserId[] holders = [.. people.Where(person => person.Has(email)).Select(person => person.Id)];
            Assert.InRange(holders.Length, 0, 1);
            Assert.Equal(holders, (await App.FindUsersAsync("email", email)).Items);
            var create = App.CreateUserAsync(new Dictionary<string, string> { ["email"] = email });
            if (holders.Length == 0) await create;
            else Assert.Equal(
                ErrorCode.Conflict, (await Assert.ThrowsAsync<SecureUserDataException>(() => create)).Code);
        }
    }

    /// <summary>Asserts that the script reads what it is allowed to, and nothing else.</summary>
    private async Task<Person> WithReadingAsync(Person person)
    {
        var reading = Reader.Get(new ConsentId(person.Id, Script)).ReadAsync(
            new Selection { Fields = Text.Fields, Collection = Act.Letters, Limit = Limits.PageItems });
        if (person.MayBeRead)
        {
            var read = await reading;
            Assert.Equal(
                person.Fields.Where(field => Text.Fields.Contains(field.Key)).OrderBy(field => field.Key),
                read.Fields.OrderBy(field => field.Key));
            Assert.Equal(
                person.Records, read.Records!.Items.Select(record => Act.Label(record.Content.AsText())).ToHashSet());
        }
        else
        {
            Assert.Equal(
                ErrorCode.Denied, (await Assert.ThrowsAsync<SecureUserDataException>(() => reading)).Code);
        }
        return person;
    }

    private async Task<ImmutableSortedSet<string>> ReadRecordsAsync(UserId user, IUser self)
    {
        var labels = ImmutableSortedSet.CreateBuilder<string>(StringComparer.Ordinal);
        string? cursor = null;
        do
        {
            var page = await self.ExportRecordsAsync(Act.Letters, cursor);
            foreach (var record in page.Items)
            {
                var label = Act.Label(record.Content.AsText());
                Assert.True(labels.Add(label), $"the record {label} is there twice");
                _purse.Records[(user, label)] = record.Info.Id;
            }
            cursor = page.Next;
        }
        while (cursor is not null);
        return labels.ToImmutable();
    }

    private async Task<ISession> SessionAsync(UserId user)
    {
        if (_selves.TryGetValue(user, out var session)) return session;
        if (!_purse.Users.ContainsKey(user)) await ReissueAsync(user);
        return _selves[user] = await _engine.SignInAsync(_purse.Users[user]);
    }

    private async Task<string> ClaimAsync(UserId user, Credential claimCode)
    {
        var credential = await _engine.ClaimAsync(claimCode);
        _purse.Users[user] = credential;
        return credential.Reveal();
    }

    private static RecordContent Content(string label) => RecordContent.Text(Act.Content(label));
}

/// <summary>What those who act in a shop keep for themselves: credentials, and the ids of records.</summary>
internal sealed record Purse(Credential Operator, Credential App, RegisteredScript Script)
{
    internal ConcurrentDictionary<UserId, Credential> Users { get; } = new();

    internal ConcurrentDictionary<(UserId User, string Label), RecordId> Records { get; } = new();
}
