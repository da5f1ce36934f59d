using System.Globalization;
using Orleans.Timers;
using SecureUserData.Cluster.Grains;
using SecureUserData.Entities;
using SecureUserData.Ports;

namespace SecureUserData.Cluster.Hosting;

/// <summary>Wake-ups on the reminders of the cluster. The time stands in the reminder's name, because a reminder cannot
/// wait for longer than some weeks: it ticks before, and is set again.</summary>
/// <param name="reminders">The silo's reminders.</param>
/// <param name="time">The clock.</param>
internal sealed class ReminderWakeups(IReminderRegistry reminders, TimeProvider time) : IWakeups
{
    internal const string Prefix = "wake/";

    /// <summary>As long as one reminder waits at the most; the runtime's limit is 49 days.</summary>
    internal static readonly TimeSpan Longest = TimeSpan.FromDays(30);

    /// <summary>What fails is tried again after this; it is the shortest that the runtime takes.</summary>
    internal static readonly TimeSpan RetryAfter = TimeSpan.FromMinutes(1);

    public async Task SetAsync(string entity, DateTimeOffset? due)
    {
        var grain = GrainOf(entity);
        var name = due is { } at
            ? Prefix + WakeupTime.ToMilliseconds(at).ToString(CultureInfo.InvariantCulture)
            : null;
        var before = await reminders.GetReminders(grain); // what comes meanwhile stays: two would remove each other's
        if (due is not null) await RegisterAsync(grain, name!, due.Value);
        foreach (var reminder in before)
            if (reminder.ReminderName != name) await reminders.UnregisterReminder(grain, reminder);
    }

    /// <summary>A reminder has ticked.</summary>
    /// <param name="entity">The text of the entity's id.</param>
    /// <param name="name">The reminder.</param>
    /// <param name="wake">Wakes the entity. When it fails, the reminder ticks again.</param>
    internal async Task ReceiveAsync(string entity, string name, Func<Task> wake)
    {
        var grain = GrainOf(entity);
        if (Due(name) is { } due && due > time.GetUtcNow())
        {
            await RegisterAsync(grain, name, due);
            return;
        }
        await wake();
        if (await reminders.GetReminder(grain, name) is { } done) await reminders.UnregisterReminder(grain, done);
    }

    private Task RegisterAsync(GrainId grain, string name, DateTimeOffset due)
    {
        var wait = due - time.GetUtcNow();
        if (wait < TimeSpan.Zero) wait = TimeSpan.Zero;
        return reminders.RegisterOrUpdateReminder(grain, name, wait < Longest ? wait : Longest, RetryAfter);
    }

    internal static DateTimeOffset? Due(string name) =>
        name.StartsWith(Prefix, StringComparison.Ordinal)
        && long.TryParse(name[Prefix.Length..], NumberStyles.None, CultureInfo.InvariantCulture, out var milliseconds)
            ? DateTimeOffset.FromUnixTimeMilliseconds(milliseconds)
            : null;

    internal static GrainId GrainOf(string entity) =>
        InternalGrain.GrainIdOf(EntityKind.ParseId(entity) ?? throw SecureUserDataException.NotFound("entity"));
}
