using SecureUserData.AccessLog;
using SecureUserData.Retention;

namespace SecureUserData.Applications;

// How long the application's users' data is kept.
public partial class Application
{
    /// <inheritdoc/>
    public async Task SetRetentionAsync(RetentionRules rules)
    {
        var state = Demand();
        rules = RetentionPolicy.Check(rules);
        using var lease = await RentAsync(state);
        await WakeRetentionAsync(rules);
        var entry = new LogEntry
        {
            Actor = Caller.Id,
            At = Now.ToUnixTimeMilliseconds(),
            Activity = Activity.RetentionChanged,
            Names = RetentionPolicy.Describe(rules),
        };
        var row = _chain.Next(entry, lease.Keys.Log);
        var settings = state.Keys.Settings with { Retention = rules };
        var next = state with { Keys = state.Keys with { Settings = settings }, LastSequence = row.Sequence };
        await SaveAsync(next, row);
        _chain.Appended(row, entry.IsChange);
        Services.Keyring.Forget(_id); // in other processes the settings of before live on for its lifetime
    }

    /// <summary>Has the rules applied at once and then daily; before they are stored, because a wake-up in vain does
    /// nothing.</summary>
    private Task WakeRetentionAsync(RetentionRules rules) => rules.IsEmpty()
        ? Task.CompletedTask
        : Services.Ports.Wakeups.SetAsync(new RetentionId(_id).ToString(), Now);
}
