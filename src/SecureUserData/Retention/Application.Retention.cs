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
        await WakeRetentionAsync(rules);
        var settings = state.Keys.Settings with { Retention = rules };
        await SaveKeysAsync(
            state with { Keys = state.Keys with { Settings = settings } },
            Entry(Caller.Id, Activity.RetentionChanged, RetentionPolicy.Describe(rules)));
    }

    /// <summary>Has the rules applied at once and then daily; before they are stored, because a wake-up in vain does
    /// nothing.</summary>
    private Task WakeRetentionAsync(RetentionRules rules) => rules.IsEmpty()
        ? Task.CompletedTask
        : Services.Ports.Wakeups.SetAsync(new RetentionId(_id).ToString(), Now);
}
