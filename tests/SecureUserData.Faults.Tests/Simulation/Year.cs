using SecureUserData.Conformance;
using SecureUserData.Faults.Tests.Model;
using SecureUserData.Tests.Hosting;

namespace SecureUserData.Faults.Tests.Simulation;

/// <summary>One application with two scripts, its users, and the model of them all.</summary>
internal sealed partial class Year : IAsyncDisposable
{
    private static readonly ApplicationSettings Settings =
        new("shop") { UniqueFields = ["email"], IndexedFields = ["city"] };

    private readonly OpenStore _opened;
    private readonly FakeClock _clock;
    private readonly Random _random;
    private readonly int _users;
    private readonly List<Resident> _residents = [];
    private readonly Dictionary<ScriptId, (Credential Credential, ScriptText Text)> _scripts = [];
    private readonly Dictionary<string, ISession> _sessions = [];
    private readonly SortedDictionary<string, int> _counts = new(StringComparer.Ordinal);
    private readonly Queue<string> _history = new();
    private Silo _silo = null!;
    private Credential _app = null!, _other = null!;
    private RetentionRules _rules = RetentionRules.None;
    private DateTimeOffset _nextRetention = DateTimeOffset.MaxValue, _emptied = DateTimeOffset.MinValue;
    private int _labels;

    private Year(OpenStore opened, FakeClock clock, int seed, int users)
    {
        _opened = opened;
        _clock = clock;
        _random = new Random(seed);
        _users = users;
    }

    internal string Summary =>
        $"{_residents.Count} users, {string.Join(", ", _counts.Select(count => $"{count.Value} {count.Key}"))}";

    internal string History => string.Join('\n', _history);

    private DateTimeOffset Now => _clock.GetUtcNow();

    private Task<ISession> App => SessionAsync("app", _app);

    internal static async Task<Year> BeginAsync(int seed, int users)
    {
        // Ids of records take their time from the system's clock: long after it no id is young.
        var clock = new FakeClock(new DateTimeOffset(2101, 1, 3, 9, 0, 0, TimeSpan.Zero));
        var year = new Year(await OpenStore.CreateAsync(clock), clock, seed, users);
        year._silo = new Silo(year._opened, year._opened.Store, clock);
        var operators = await year._silo.SignInAsync(year._opened.Operator);
        year._app = (await operators.RegisterApplicationAsync(Settings)).Credential;
        year._other = (await operators.RegisterApplicationAsync(Settings)).Credential;
        foreach (var name in (string[])["Letters", "Survey"])
        {
            var text = new ScriptText(name, name, LegalBasis.Consent)
            {
                Fields = ["city", "email", "name"],
                Collections = [Act.Letters],
            };
            var script = await (await year.App).RegisterScriptAsync(text);
            year._scripts[script.Id] = (script.Credential, text);
        }
        return year;
    }

    /// <summary>One day.</summary>
    internal async Task LiveAsync(int acts)
    {
        for (var act = 0; act < acts; act++)
        {
            await PassAsync(TimeSpan.FromMinutes(_random.Next(6, 2 * 24 * 60 / acts)));
            await ActAsync();
        }
        if (_random.Next(15) == 0) await RestartAsync();
    }

    /// <summary>Everybody is as the model says, what was read is on record, and the log verifies.</summary>
    internal async Task EndAsync()
    {
        await RestartAsync();
        foreach (var resident in _residents)
        {
            if (resident.Erased) await AssertErasedAsync(resident);
            else await CompareAsync(resident);
        }
        await _silo.VerifyLogAsync();
    }

    /// <summary>Lets time pass, and the engine do what is due.</summary>
    private async Task PassAsync(TimeSpan time)
    {
        _clock.Advance(time);
        if (Now >= _nextRetention)
        {
            foreach (var resident in _residents) resident.Retain(_rules, Now);
            if (_rules.Log is { } period && Now - period > _emptied) _emptied = Now - period;
            _nextRetention = Now.AddDays(1);
            Count("runs of retention");
        }
        var began = TimeProvider.System.GetTimestamp();
        while (_opened.Store.Wakeups.Due(Now, 1).Count > 0)
        {
            Assert.True(TimeProvider.System.GetElapsedTime(began) < TimeSpan.FromSeconds(60), "A wake-up stays.");
            await _silo.WakeAsync();
            await Task.Yield();
        }
    }

    private async Task RestartAsync()
    {
        Count("restarts");
        await _silo.DisposeAsync();
        await _opened.ReopenAsync();
        _sessions.Clear();
        _silo = new Silo(_opened, _opened.Store, _clock);
    }

    private async Task CompareAsync(Resident resident)
    {
        var self = (await SessionAsync(resident)).Get(resident.Id);
        var profile = await self.GetAsync();
        Assert.Equal(resident.Values(resident.Fields.Keys), profile.Fields.ToDictionary());
        Assert.Equal(resident.Paused, profile.Paused);
        Assert.Equal(Earlier(resident), (await self.GetHistoryAsync()).Select(value => (value.Field, value.Value)));
        Assert.Equal(
            resident.Records.Select(record => (record.Key, record.Value.Text)).ToHashSet(),
            (await self.ExportRecordsAsync(Act.Letters, limit: Limits.PageItems)).Items
                .Select(record => (record.Info.Id, record.Content.AsText())).ToHashSet());
        foreach (var script in _scripts.Keys)
            Assert.Equal(resident.Status(script, Now), (await ConsentOf(resident, script)).Status);
        var log = new List<AccessLogEntry>();
        while (await self.ReadLogAsync(log.Count, Limits.PageItems) is { Count: > 0 } page) log.AddRange(page);
        Assert.Equal(Enumerable.Range(1, log.Count), log.Select(entry => (int)entry.Sequence));
        Assert.Equal(
            resident.Readings.Where(at => at > _emptied),
            log.Where(entry => entry.Activity == Activity.DataRead && entry.At > _emptied).Select(entry => entry.At));
    }

    private async Task AssertErasedAsync(Resident resident)
    {
        var app = await App;
        Assert.NotNull((await app.Get(new ErasureId(resident.Id)).GetAsync())!.Certificate);
        await RefusedAsync(ErrorCode.Erased, () => app.Get(resident.Id).SetFieldAsync("name", "late"));
    }

    private static IEnumerable<(string, string)> Earlier(Resident resident) => resident.Fields.SelectMany(
        field => field.Value.Skip(1).Select(value => (field.Key, value.Text)));

    private async Task<ConsentView> ConsentOf(Resident resident, ScriptId script) =>
        await (await SessionAsync(resident)).Get(new ConsentId(resident.Id, script)).GetAsync();

    private Task<ISession> SessionAsync(Resident resident) => SessionAsync($"{resident.Id}", resident.Credential);

    private async Task<ISession> SessionAsync(string name, Credential credential)
    {
        if (!_sessions.TryGetValue(name, out var session))
            _sessions[name] = session = await _silo.SignInAsync(credential);
        return session;
    }

    private void Count(string what) => _counts[what] = _counts.GetValueOrDefault(what) + 1;

    private static async Task RefusedAsync(ErrorCode code, Func<Task> call) =>
        Assert.Equal(code, (await Assert.ThrowsAsync<SecureUserDataException>(call)).Code);

    public async ValueTask DisposeAsync()
    {
        await _silo.DisposeAsync();
        _opened.Dispose();
    }
}
