using SecureUserData.Conformance;

namespace SecureUserData.Cluster.Tests.Faults;

/// <summary>Somebody whose data is written and read all the time, who notes down what was acknowledged. Every act can
/// be made again when nobody knows whether it was carried out.</summary>
internal sealed class Worker(ApplicationActor app, UserActor user, ScriptActor script, Random random)
{
    private readonly Dictionary<RecordId, string> _records = [];
    private readonly HashSet<long> _decisions = [];
    private string _city = "";
    private int _readings;
    private bool _isGiven = true;
    private volatile int _acts;
    private Task _work = Task.CompletedTask;

    internal int Acts => _acts;

    internal int Refused { get; private set; }

    internal Task WorkAsync(Func<bool> isOver) => _work = ActUntilAsync(isOver);

    private async Task ActUntilAsync(Func<bool> isOver)
    {
        while (!isOver())
        {
            await ActAsync($"{random.Next()}");
            _acts++;
        }
    }

    /// <summary>Returns when so many acts more are done; fails with the work.</summary>
    internal async Task ActsAsync(int count)
    {
        var until = _acts + count;
        while (_acts < until)
        {
            if (_work.IsFaulted) await _work;
            await Task.Yield();
        }
    }

    internal async Task AssertKeptAsync()
    {
        Assert.Equal(_city, (await user.Self.GetAsync()).Fields.GetValueOrDefault("city", ""));
        foreach (var (id, text) in _records)
            Assert.Equal(text, (await user.Self.GetRecordAsync("letters", id)).Content.AsText());
        var consent = await user.To(script).GetAsync();
        Assert.Equal(_isGiven ? ConsentStatus.Given : ConsentStatus.Withdrawn, consent.Status);
        var log = new List<AccessLogEntry>();
        while (await user.Self.ReadLogAsync(log.Count, 500) is { Count: > 0 } page) log.AddRange(page);
        Assert.Equal(Enumerable.Range(1, log.Count), log.Select(entry => (int)entry.Sequence));
        Assert.Superset(
            _decisions,
            log.Where(entry => entry.Activity == Activity.ConsentDecided).Select(entry => entry.Sequence).ToHashSet());
        var onRecord = log.Count(entry => entry.Activity == Activity.DataRead);
        Assert.True(onRecord >= _readings, $"{_readings} readings were answered, and {onRecord} are on record.");
    }

    private async Task ActAsync(string label)
    {
        switch (random.Next(4))
        {
            case 0:
                await TryAsync(() => user.Self.SetFieldAsync("city", label));
                _city = label;
                break;
            case 1:
                var id = RecordId.New();
                await TryAsync(() => app.User(user.Id).AddRecordsAsync(
                    "letters", [new NewRecord(id, RecordContent.Text(label))]));
                _records[id] = label;
                break;
            case 2 when _isGiven:
                await TryAsync(() => script.ReadAsync(user, "name"));
                _readings++;
                break;
            default:
                var give = !_isGiven;
                await TryAsync(async () =>
                {
                    var view = await user.To(script).GetAsync(); // it may be decided, and the answer was lost
                    if (give != (view.Status == ConsentStatus.Given))
                        view = give ? await user.To(script).GiveAsync() : await user.To(script).WithdrawAsync();
                    _decisions.Add(view.Decision!.Sequence);
                });
                _isGiven = give;
                break;
        }
    }

    private Task TryAsync(Func<Task> act) => FaultyCluster.AgainAsync(async () =>
    {
        try
        {
            await act();
        }
        catch (SecureUserDataException)
        {
            Refused++;
            throw;
        }
    });
}
