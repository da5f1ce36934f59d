using System.Collections.Concurrent;
using System.Text.Json;
using SecureUserData.Conformance;
using SecureUserData.Cryptography;
using SecureUserData.Embedded;

namespace SecureUserData.Cli.Tests;

/// <summary>All keys of 5,000 people with 5,574 messages, and above them, are rotated while readers and writers go on.
/// </summary>
public sealed class RotationOfPeopleTests(ITestOutputHelper output) : IDisposable
{
    private const int People = 5_000;
    private const int AtOnce = 32;
    private const int CallsOfWorker = 2_500;
    private const string SecondKey = "2:AgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgI=";

    private readonly Shell _shell = new();
    private readonly FakeClock _clock = new(new DateTimeOffset(2031, 4, 5, 7, 0, 0, TimeSpan.Zero));
    private readonly ConcurrentDictionary<UserId, Person> _people = new();
    private ScriptActor _census = null!;
    private ApplicationActor _registry = null!;

    [Fact]
    public async Task No_read_fails_no_answer_is_wrong_and_the_old_keys_are_gone()
    {
        var (csv, tsv) = (RealData.Find("people.csv"), RealData.Find("messages.tsv"));
        await ImportAsync(csv, tsv);
        var keyFile = Assert.Single(Directory.GetFiles(Path.Combine(_shell.Configuration, "keys")));
        var first = await File.ReadAllTextAsync(keyFile, Cancellation);
        await using (var engine = await OpenAsync(first))
        {
            await SetUpAsync(engine, RealData.People(csv), RealData.Messages(tsv));
            foreach (var key in (KeyKind[])
                [KeyKind.Application, KeyKind.User, KeyKind.Index, KeyKind.State, KeyKind.Log])
                await RotateUnderLoadAsync(key.ToString(), async () =>
                {
                    var run = await _registry.RotateAsync(key, _clock);
                    Assert.Equal((RotationPhase.Finished, 0), (run.Phase, run.Failed));
                    if (key is KeyKind.Application or KeyKind.User) Assert.Equal(People, run.Moved);
                });
            foreach (var key in (KeyKind[])[KeyKind.Application, KeyKind.Index, KeyKind.State])
                Assert.Equal([2], await _registry.VersionsAsync(key));
        }
        var credentials = await File.ReadAllTextAsync(_shell.CredentialsFile, Cancellation);
        await using (var engine = await OpenAsync($"{SecondKey},{first}"))
        {
            await SignInAsync(engine);
            var operators = await engine.SignInAsync(CredentialOf(credentials, "operator"));
            await RotateUnderLoadAsync("Master", async () =>
                Assert.Equal([1], (await operators.Get(new MasterRotationId()).StartAsync()).Removable));
        }
        await using (var engine = await OpenAsync(SecondKey))
        {
            await SignInAsync(engine);
            await AssertAllAsync();
            var verified = await engine.VerifyLogAsync(cancellation: Cancellation);
            output.WriteLine($"{verified.Entries} entries of the log verified");
        }
    }

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private async Task ImportAsync(string csv, string tsv)
    {
        await _shell.DoAsync("init");
        await _shell.DoAsync("app", "register", "Registry", "--unique", "soc_sec_id", "--index", "surname");
        await _shell.DoAsync("user", "import", csv, "--claims", "claims.csv");
        await _shell.DoAsync("record", "import", tsv, "--collection", "messages", "--round-robin");
        await _shell.DoAsync(
            "script", "register", "--name", "Census", "--purpose", "Count people", "--basis", "public-task",
            "--fields", "surname,soc_sec_id,address_2", "--collections", "messages");
    }

    private Task<EmbeddedEngine> OpenAsync(string masterKeys) => EmbeddedEngine.OpenAsync(
        _shell.Data, MasterKeyRing.Parse(masterKeys.Trim()), new EmbeddedOptions { Time = _clock });

    /// <summary>Everybody claims the credential and allows the census.</summary>
    private async Task SetUpAsync(
        EmbeddedEngine engine, List<string[]> rows, List<(string Text, string Label)> messages)
    {
        await SignInAsync(engine);
        await _registry.RotationOf().SetScheduleAsync(new RotationSchedule { ApplicationKey = null });
        var claims = File.ReadLines(Path.Combine(_shell.Here, "claims.csv")).Skip(1).Select(line => line.Split(','));
        await Parallel.ForEachAsync(
            claims, new ParallelOptions { MaxDegreeOfParallelism = AtOnce, CancellationToken = Cancellation },
            async (claim, _) =>
            {
                var (number, user) = (int.Parse(claim[0]) - 2, UserId.Parse(claim[1]));
                var session = await engine.SignInAsync(await engine.ClaimAsync(new Credential(claim[2])));
                await session.Get(new ConsentId(user, _census.Id)).GiveAsync();
                var fields = rows[0].Zip(rows[number + 1]).ToDictionary(field => field.First, field => field.Second);
                string[] own = [.. messages.Where((_, i) => i % People == number).Select(message => message.Text)];
                _people[user] = new Person(fields, own);
            });
        Assert.Equal(People, _people.Count);
    }

    private async Task SignInAsync(EmbeddedEngine engine)
    {
        var saved = await File.ReadAllTextAsync(_shell.CredentialsFile, Cancellation);
        var (registry, census) = (CredentialOf(saved, "registry"), CredentialOf(saved, "census"));
        var (app, script) = (await engine.SignInAsync(registry), await engine.SignInAsync(census));
        _registry = new ApplicationActor(AppId.Parse(app.Identity.Id), registry, app);
        _census = new ScriptActor(ScriptId.Parse(script.Identity.Id), census, script);
    }

    private static Credential CredentialOf(string saved, string name) => new(JsonDocument.Parse(saved).RootElement
        .GetProperty("credentials").GetProperty(name).GetProperty("secret").GetString()!);

    private async Task RotateUnderLoadAsync(string what, Func<Task> rotate)
    {
        var rotation = rotate();
        var calls = await Task.WhenAll(Enumerable.Range(0, 4).Select(async worker =>
        {
            var random = new Random(worker);
            var users = _people.Keys.OrderBy(user => user.ToString()).Where((_, i) => i % 4 == worker).ToArray();
            var done = 0;
            do await CallAsync(users[random.Next(users.Length)], random, done++);
            while (!rotation.IsCompleted && done < CallsOfWorker); // a sweep lets callers go first
            return done;
        }));
        await rotation;
        await AssertAllAsync();
        output.WriteLine($"{what}: {calls.Sum()} readings, look-ups and writings meanwhile");
    }

    private async Task CallAsync(UserId user, Random random, int number)
    {
        var person = _people[user];
        switch (random.Next(4))
        {
            case 0:
                person.Fields["address_2"] = $"moved {number}";
                await _registry.User(user).SetFieldAsync("address_2", person.Fields["address_2"]);
                break;
            case 1:
                var text = $"written {number}";
                await _registry.User(user).PutRecordAsync("messages", RecordContent.Text(text));
                _people[user] = person with { Messages = [.. person.Messages, text] };
                break;
            case 2:
                var id = person.Fields["soc_sec_id"];
                Assert.Equal([user], (await _registry.Session.FindUsersAsync("soc_sec_id", id)).Items);
                break;
            default:
                await AssertReadsAsync(user);
                break;
        }
    }

    private Task AssertAllAsync() => Parallel.ForEachAsync(
        _people.Keys, new ParallelOptions { MaxDegreeOfParallelism = AtOnce, CancellationToken = Cancellation },
        async (user, _) => await AssertReadsAsync(user));

    private async Task AssertReadsAsync(UserId user)
    {
        var person = _people[user];
        string[] names = ["surname", "soc_sec_id", "address_2"];
        var reading = await _census.ReadAsync(user, new Selection { Fields = names, Collection = "messages" });
        Assert.Equal(
            names.Order().Where(name => person.Fields[name].Length > 0).Select(name => (name, person.Fields[name])),
            reading.Fields.OrderBy(field => field.Key).Select(field => (field.Key, field.Value)));
        Assert.Equal(person.Messages, reading.Records!.Items.Select(record => Text(record.Content)));
    }

    /// <summary>What was imported is JSON, what was written since is text.</summary>
    private static string Text(RecordContent content) => content.ContentType.StartsWith("text/")
        ? content.AsText()
        : JsonDocument.Parse(content.Data).RootElement.GetProperty("sentence").GetString()!;

    public void Dispose() => _shell.Dispose();

    private sealed record Person(Dictionary<string, string> Fields, string[] Messages);
}
