using SecureUserData.Faults.Tests.Model;

namespace SecureUserData.Faults.Tests.Kills;

/// <summary>What a killed process has acknowledged, and what it was about to do.</summary>
internal sealed class Ledger
{
    internal const string Rotated = "rotated";

    private readonly Dictionary<UserId, Person> _people = [];
    private readonly Dictionary<UserId, Act> _inFlight = [];
    private readonly HashSet<string> _emails = [];

    internal Ledger(IEnumerable<string> said, Purse purse)
    {
        foreach (var line in said)
        {
            var words = line.Split(' ');
            if (words[0] == Rotated)
            {
                Rotations.Add((Enum.Parse<KeyKind>(words[1]), int.Parse(words[2])));
                continue;
            }
            var act = Act.Parse(words.AsSpan(1));
            if (words[0] == "try") Begin(act, purse);
            else End(act, words[^1], purse);
        }
    }

    internal IEnumerable<Person> People => _people.Values;

    /// <summary>The runs of rotations that were acknowledged to have ended.</summary>
    internal List<(KeyKind Key, int To)> Rotations { get; } = [];

    /// <summary>A run that was acknowledged has ended, and no older version of its key is there, but for the log's.
    /// </summary>
    internal async Task AssertRotatedAsync(Shop shop)
    {
        var report = await shop.Rotation.GetAsync();
        var master = await shop.Operators.Get(new MasterRotationId()).GetAsync();
        foreach (var (key, to) in Rotations)
        {
            Assert.Contains(
                key == KeyKind.Master ? master.Past : report.Past,
                run => run.Key == key && run.To == to && run is { Phase: RotationPhase.Finished, Failed: 0 });
            if (key != KeyKind.Log)
                Assert.DoesNotContain(report.Keys, version => version.Kind == key && version.Version < to);
        }
    }

    /// <summary>All that was acknowledged is there, and what was in flight is there wholly or not at all.</summary>
    internal async Task SettleAsync(Shop shop)
    {
        int before = 0, after = 0;
        foreach (var (user, person) in _people.ToList())
        {
            var actual = await shop.ReadAsync(user);
            _people[user] = actual;
            if (_inFlight.TryGetValue(user, out var act) && $"{actual}" == $"{act.Apply(person)}") after++;
            else if (act is not null && $"{actual}" == $"{person}") before++;
            else Assert.True($"{actual}" == $"{person}", $"{user} is: {actual}\nshould be: {person}\nperhaps {act}");
        }
        Effort.Say($"{_people.Count} users, in flight: {before} not done, {after} done");
        await shop.AssertUniqueAsync(_emails, _people.Values);
    }

    private void Begin(Act act, Purse purse)
    {
        _people.TryAdd(act.User, new Person(act.User));
        _inFlight.Add(act.User, act);
        if (act.Verb == "reissue") purse.Users.TryRemove(act.User, out _); // perhaps taken back
        if (act.Name.Contains('@') || act.Value.Contains('@')) _emails.Add(act.Verb == "create" ? act.Name : act.Value);
    }

    private void End(Act act, string answer, Purse purse)
    {
        Assert.True(_inFlight.Remove(act.User), $"{act} ended before it began");
        _people[act.User] = act.Apply(_people[act.User]);
        if (act.Verb is "create" or "reissue") purse.Users[act.User] = new Credential(answer);
    }
}
