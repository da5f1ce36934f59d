using System.Collections.Immutable;
using SecureUserData.Conformance;
using SecureUserData.Faults.Tests.Model;
using SecureUserData.Tests.Hosting;

namespace SecureUserData.Faults.Tests.Activations;

/// <summary>Two processes over one store, each with an activation of its own of everything.</summary>
internal sealed class Pair : IAsyncDisposable
{
    private const string Read = "read";

    private readonly OpenStore _opened;
    private readonly Purse _purse;
    private readonly Random _random;
    private readonly Turns _turns;
    private readonly FakeClock _clock = new(); // of whoever looks what the two, for whom it stands still, have left
    private readonly Silo[] _silos;
    private readonly List<string> _history = [];
    private Shop[] _shops = [];
    private Person _person = null!;
    private Dictionary<string, int> _done = null!;
    private int _labels, _conflicts, _wins;

    private Pair(OpenStore opened, Purse purse, int seed)
    {
        _opened = opened;
        _purse = purse;
        _random = new Random(seed);
        _turns = new Turns(seed);
        _silos = [.. Enumerable.Range(0, 2).Select(
            side => new Silo(opened, _turns.Of(side, opened.Store), new FakeClock()))];
    }

    internal static async Task<Pair> MakeAsync(OpenStore opened, int seed)
    {
        Purse purse;
        await using (var silo = new Silo(opened, opened.Store, new FakeClock()))
            purse = await Shop.RegisterAsync(silo, opened.Operator);
        var pair = new Pair(opened, purse, seed);
        pair._shops = await Task.WhenAll(pair._silos.Select(silo => Shop.OpenAsync(silo, purse)));
        await pair.BeginAsync();
        return pair;
    }

    internal async Task<string> RunAsync(string[] verbs, int rounds)
    {
        for (var round = 0; round < rounds; round++)
        {
            if (_person.Erased || round % 25 == 24) await BeginAsync();
            Act[] acts = [Choose(verbs), Choose(verbs)];
            var (one, other) = await _turns.BothAsync(() => TryAsync(0, acts[0]), () => TryAsync(1, acts[1]));
            _history.Add($"{acts[0].Verb} {one}, {acts[1].Verb} {other}");
            await _silos[_random.Next(2)].WakeAsync(); // perhaps the one that knows less
            await CheckAsync((acts[0], one), (acts[1], other));
        }
        await EndAsync();
        await _silos[0].VerifyLogAsync();
        return $"{_wins} done, {_conflicts} conflicts";
    }

    /// <summary>Goes on with a new user.</summary>
    private async Task BeginAsync()
    {
        if (_person is not null) await EndAsync();
        _done = [];
        _history.Clear();
        var act = Act.Next(_random, new Person(UserId.New()), [], Label)!;
        await act.DoAsync(_shops[0]);
        _person = act.Apply(new Person(act.User));
    }

    private async Task EndAsync()
    {
        if (_person.Erased) return;
        var log = await LogAsync();
        ChainReplay.Assert(log, _history);
        var applied = ChainReplay.Applied(log);
        foreach (var (activity, count) in _done)
            Assert.True(
                applied.Count(entry => $"{entry.Activity} {string.Join(' ', entry.Names)}" == activity) == count,
                $"{count} times {activity} in:\n{string.Join('\n', _history)}\n{ChainReplay.Text(log)}");
    }

    private Act Choose(string[] verbs)
    {
        while (true)
        {
            var verb = verbs[_random.Next(verbs.Length)];
            if (verb == Read) return new Act(_person.Id, Read);
            if (Act.Next(_random, _person, [verb], Label) is { } act) return act;
        }
    }

    private string Label() => $"label-{_labels++}";

    private async Task<ErrorCode?> TryAsync(int side, Act act)
    {
        try
        {
            if (act.Verb == Read) await ReadAsync(side);
            else await act.DoAsync(_shops[side]);
            if (Activity(act) is { } activity) _done[activity] = _done.GetValueOrDefault(activity) + 1;
            _wins++;
            return null;
        }
        catch (SecureUserDataException e)
        {
            _conflicts++;
            return e.Code;
        }
    }

    private Task<Reading> ReadAsync(int side) => _shops[side].Reader.Get(new ConsentId(_person.Id, _purse.Script.Id))
        .ReadAsync(new Selection { Fields = ["name"] });

    /// <summary>The entry of which there is exactly one for each act that was done; the checks read more than that.
    /// </summary>
    private static string? Activity(Act act) => act.Verb switch
    {
        "set" => $"{SecureUserData.Activity.FieldsSet} field/{act.Name}",
        Read => $"{SecureUserData.Activity.DataRead} field/name",
        _ => null,
    };

    /// <summary>A third process finds what the two have left.</summary>
    private async Task CheckAsync((Act Act, ErrorCode? Code) one, (Act Act, ErrorCode? Code) other)
    {
        foreach (var (act, code) in new[] { one, other })
            Assert.True(
                code is null or ErrorCode.Conflict || Explained(act, code.Value, act == one.Act ? other.Act : one.Act),
                $"{act.Verb} got {code}: {string.Join('\n', _history.TakeLast(5))}");
        var possible = new HashSet<string>();
        foreach (var (first, second) in new[] { (one, other), (other, one) })
            foreach (var before in After([_person], first))
                possible.UnionWith(After([before], second).Select(person => $"{person}"));
        await using var silo = new Silo(_opened, _opened.Store, _clock);
        await silo.WakeAllAsync();
        var actual = await (await Shop.OpenAsync(silo, _purse)).ReadAsync(_person.Id);
        Assert.True(
            possible.Contains($"{actual}"),
            $"{_history[^1]}\nwas {_person}\nis {actual}\nmay be:\n{string.Join('\n', possible)}");
        _person = actual;
    }

    /// <summary>What the other one has done may leave nothing to do.</summary>
    private bool Explained(Act act, ErrorCode code, Act other) => code switch
    {
        ErrorCode.Denied => act.Verb == Read || other.Verb == "erase", // the credential is gone
        ErrorCode.Erased => other.Verb == "erase" || _person.Erased,
        ErrorCode.NotFound => act.Verb is "replace" or "delete" && other.Verb == "delete",
        _ => false,
    };

    /// <summary>What may be after an act. A decision or a pause that was refused may be on record, and then it holds;
    /// an erasure that has begun comes to its end.</summary>
    private static IEnumerable<Person> After(Person[] people, (Act Act, ErrorCode? Code) tried)
    {
        var (act, code) = tried;
        foreach (var person in people)
        {
            if (code is not null || act.Verb == Read || person.Erased) yield return person;
            if (act.Verb == Read) continue;
            if (code is null || act.Verb is "give" or "withdraw" or "refuse" or "pause" or "erase")
                yield return act.Apply(person);
        }
    }

    private async Task<List<AccessLogEntry>> LogAsync()
    {
        await using var silo = new Silo(_opened, _opened.Store, _clock);
        var self = await (await Shop.OpenAsync(silo, _purse)).SelfAsync(_person.Id);
        var log = new List<AccessLogEntry>();
        while (await self.ReadLogAsync(log.Count, Limits.PageItems) is { Count: > 0 } page) log.AddRange(page);
        return log;
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var silo in _silos) await silo.DisposeAsync();
    }
}
