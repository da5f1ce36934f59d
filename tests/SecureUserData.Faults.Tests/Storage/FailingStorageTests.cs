using SecureUserData.AccessLog;
using SecureUserData.Conformance;
using SecureUserData.Faults.Tests.Model;
using SecureUserData.Tests.Hosting;

namespace SecureUserData.Faults.Tests.Storage;

/// <summary>Whatever storage does, an act is done wholly or not at all, what was acknowledged stays, and nothing is
/// released that is not on record.</summary>
public sealed class FailingStorageTests
{
    private const int People = 8;
    private const int AtOnce = 4;

    private static readonly string[] Emails = [.. Enumerable.Range(0, 12).Select(i => $"{i}@example.org")];

    [Fact]
    public async Task Failing_storage_loses_nothing_and_leaves_nothing_half_done()
    {
        foreach (var seed in Effort.Seeds(20260401, 3, 60))
        {
            await using var run = await FailingRun.BeginAsync(seed);
            try
            {
                await run.RunAsync(Effort.Of(60, 200));
            }
            catch (Exception e)
            {
                throw new InvalidOperationException($"seed {seed} fails; its plan so far:\n{run.Plan}", e);
            }
            Effort.Say(run.Summary);
        }
    }

    private sealed class FailingRun(OpenStore opened, Purse purse, int seed) : IAsyncDisposable
    {
        private readonly FakeClock _clock = new();
        private readonly Random _random = new(seed);
        private readonly Person[] _people = [.. Enumerable.Range(0, People).Select(_ => new Person(UserId.New()))];

        /// <summary>Values whose claims a failure may have left behind, until the store is opened again.</summary>
        private readonly HashSet<string> _doubtful = [];

        private readonly List<Person> _gone = [];

        private PlannedPorts _ports = null!;
        private Silo _silo = null!;
        private Shop _shop = null!;
        private int _labels, _acts, _failures, _done, _readings, _rotations;

        internal string Plan => _ports.Plan;

        internal string Summary => $"{_acts} acts, {_failures} failed, {_done} of them done, {_readings} readings, "
            + $"{_rotations} rotations";

        internal static async Task<FailingRun> BeginAsync(int seed)
        {
            var opened = await OpenStore.CreateAsync(new FakeClock());
            Purse purse;
            await using (var silo = new Silo(opened, opened.Store, new FakeClock()))
                purse = await Shop.RegisterAsync(silo, opened.Operator);
            var run = new FailingRun(opened, purse, seed);
            await run.OpenAsync();
            return run;
        }

        internal async Task RunAsync(int rounds)
        {
            for (var round = 1; round <= rounds; round++)
            {
                _ports.IsFailing = true;
                await RoundAsync();
                if (round % 5 == 0) await ReadAllAsync();
                if (round % 3 == 0) await RotateAsync();
                if (round % 7 == 0) _clock.Advance(TimeSpan.FromMinutes(_random.Next(1, 20)));
                await _silo.WakeAsync();
                _ports.IsFailing = false;
                if (round % 10 == 0 || round == rounds) await ReopenAsync();
                await CheckAsync();
            }
            await FinishRotationAsync();
            await CheckAsync();
            foreach (var person in _gone) Assert.Equal($"{person}", $"{await _shop.ReadAsync(person.Id)}");
            await _silo.VerifyLogAsync();
            await _shop.AssertUniqueAsync(Emails, _people);
        }

        private async Task RoundAsync()
        {
            _random.Shuffle(_people);
            for (var i = 0; i < AtOnce; i++)
                if (_people[i].Erased && _random.Next(2) == 0)
                {
                    _gone.Add(_people[i]);
                    _people[i] = new Person(UserId.New());
                }
            var acts = _people.Take(AtOnce).Select(Choose).ToArray();
            var emails = acts.Select(Email).Where(email => email is not null).ToArray();
            var taken = _people.Select(person => person.Fields.GetValueOrDefault("email")).Concat(_doubtful)
                .Concat(emails.Where(email => emails.Count(other => other == email) > 1)).ToHashSet();
            var doing = acts.Select((act, i) => act is null ? ReadAsync(_people[i]) : TryAsync(act, taken)).ToArray();
            await Task.WhenAll(doing);
            for (var i = 0; i < acts.Length; i++)
            {
                if (acts[i] is not { } act) continue;
                _acts++;
                if (await doing[i]) _people[i] = act.Apply(_people[i]);
                else await SettleAsync(i, act);
            }
        }

        private Act? Choose(Person person)
        {
            if (person.Exists && _random.Next(4) == 0) return null; // it is read
            string[] verbs = _random.Next(25) == 0 ? ["erase"] : [.. Act.Daily, "give", "give", "resume"];
            var act = Act.Next(_random, person, verbs, () => $"{seed}-{_labels++}");
            return Email(act) is null ? act : act!.Verb == "create"
                ? act with { Name = Emails[_random.Next(Emails.Length)] }
                : act with { Value = Emails[_random.Next(Emails.Length)] };
        }

        private static string? Email(Act? act) => act switch
        {
            { Verb: "create" } => act.Name,
            { Verb: "set", Name: "email" } => act.Value,
            _ => null,
        };

        /// <summary>Does it; false when it was refused, which only what may have happened explains.</summary>
        private async Task<bool> TryAsync(Act act, HashSet<string?> taken)
        {
            try
            {
                await act.DoAsync(_shop);
                _ports.Note($"done: {act}");
                return true;
            }
            catch (SecureUserDataException e)
            {
                _ports.Note($"{e.Code}: {act}");
                PlannedPorts.AssertTellsNothing(e);
                if (e.Code != ErrorCode.Conflict) Assert.Equal(ErrorCode.Unavailable, e.Code);
                else if (Email(act) is { } email) Assert.Contains(email, taken);
                return false;
            }
        }

        /// <summary>An act that was refused is done wholly, or not at all.</summary>
        private async Task SettleAsync(int at, Act act)
        {
            _failures++;
            if (Email(act) is { } email)
                _doubtful.UnionWith([email, _people[at].Fields.GetValueOrDefault("email") ?? email]);
            _ports.IsFailing = false;
            await _silo.WakeAllAsync(); // an erasure that was begun comes to its end
            var actual = await _shop.ReadAsync(act.User);
            var (before, after) = ($"{_people[at]}", $"{act.Apply(_people[at])}");
            if ($"{actual}" == after) _done++;
            else Assert.True($"{actual}" == before, $"{act}\nis: {actual}\nwas: {before}\nor: {after}");
            _people[at] = actual.Exists ? actual : new Person(UserId.New()); // an id is used once
        }

        /// <summary>The script reads; what it gets is right, allowed and on record.</summary>
        private async Task<bool> ReadAsync(Person person)
        {
            try
            {
                var reading = await _shop.Reader.Get(new ConsentId(person.Id, _shop.Script))
                    .ReadAsync(new Selection { Fields = ["name"] });
                Assert.True(person.MayBeRead, $"{person.Id} was read, and is: {person}");
                Assert.Equal(person.Fields["name"], reading.Fields["name"]);
                await AssertOnRecordAsync(person.Id, 1);
                _readings++;
            }
            catch (SecureUserDataException e)
            {
                PlannedPorts.AssertTellsNothing(e);
                if (e.Code == ErrorCode.Denied) Assert.False(person.MayBeRead);
                else if (e.Code == ErrorCode.Erased) Assert.True(person.Erased);
                else Assert.Contains(e.Code, (ErrorCode[])[ErrorCode.Unavailable, ErrorCode.Conflict]);
            }
            return true;
        }

        private async Task ReadAllAsync()
        {
            var read = new HashSet<UserId>();
            try
            {
                await foreach (var reading in _shop.Reader.ReadAllAsync(["name"], limit: 2))
                {
                    var person = _people.Single(person => person.Id == reading.User);
                    Assert.True(person.MayBeRead && read.Add(person.Id), $"{person.Id} was read, and is: {person}");
                    Assert.Equal(person.Fields["name"], reading.Fields["name"]);
                    await AssertOnRecordAsync(person.Id, 1);
                }
                Assert.Equal(_people.Count(person => person.MayBeRead), read.Count);
            }
            catch (SecureUserDataException e)
            {
                Assert.Contains(e.Code, (ErrorCode[])[ErrorCode.Unavailable, ErrorCode.Conflict]);
            }
        }

        /// <summary>Keys of any kind are rotated, as far as it goes.</summary>
        private async Task RotateAsync()
        {
            try
            {
                var key = (KeyKind)_random.Next((int)KeyKind.Application, (int)KeyKind.State + 1);
                if ((await _shop.Rotation.GetAsync()).Current is null) await _shop.Rotation.StartAsync(key);
                if ((await _shop.Rotation.RunAheadAsync()).Current is { } run) Wait(run);
                else _rotations++;
            }
            catch (SecureUserDataException e)
            {
                _ports.Note($"{e.Code}: rotation");
                Assert.Contains(e.Code, (ErrorCode[])[ErrorCode.Unavailable, ErrorCode.Conflict]);
            }
        }

        private async Task FinishRotationAsync()
        {
            for (var step = 0; (await _shop.Rotation.RunAheadAsync()).Current is { } run; step++)
            {
                Assert.True(step < 20, $"{run} does not end.");
                Wait(run);
            }
        }

        private void Wait(RotationRun run)
        {
            if (run.GoesOn - _clock.GetUtcNow() is { Ticks: > 0 } wait) _clock.Advance(wait);
        }

        private async Task AssertOnRecordAsync(UserId user, int among)
        {
            var rows = await opened.Store.Log.TailAsync(user.ToString(), among);
            Assert.Contains(rows, row => LogEntry.Parse(row.Body, "here") is { Activity: Activity.DataRead } entry
                && entry.Actor == _shop.Script.ToString());
        }

        /// <summary>Everybody is as the model says, and is found by what the model says.</summary>
        private async Task CheckAsync()
        {
            await _silo.WakeAllAsync();
            foreach (var person in _people) Assert.Equal($"{person}", $"{await _shop.ReadAsync(person.Id)}");
            foreach (var email in Emails)
                Assert.Equal(
                    _people.Where(person => person.Has(email)).Select(person => person.Id),
                    (await _shop.App.FindUsersAsync("email", email)).Items);
        }

        private async Task ReopenAsync()
        {
            await _silo.DisposeAsync();
            await opened.ReopenAsync();
            _doubtful.Clear();
            await OpenAsync();
        }

        private async Task OpenAsync()
        {
            _ports = new PlannedPorts(opened.Store, _random.Next());
            _silo = new Silo(opened, _ports, _clock);
            _shop = await Shop.OpenAsync(_silo, purse);
        }

        public async ValueTask DisposeAsync()
        {
            await _silo.DisposeAsync();
            opened.Dispose();
        }
    }
}
