using Orleans.Timers;

namespace SecureUserData.Cluster.Tests.Faults;

/// <summary>Reminders that never tick.</summary>
internal sealed class NotedReminders : IReminderRegistry
{
    /// <summary>What is set, and how long each waits.</summary>
    internal Dictionary<string, TimeSpan> Set { get; } = [];

    internal TimeSpan Period { get; private set; }

    /// <summary>What whoever registers one now waits for, when it is set already.</summary>
    internal Task Answer { get; set; } = Task.CompletedTask;

    public async Task<IGrainReminder> RegisterOrUpdateReminder(
        GrainId callingGrainId, string reminderName, TimeSpan dueTime, TimeSpan period)
    {
        Set[reminderName] = dueTime;
        Period = period;
        await Answer;
        return new Reminder(reminderName);
    }

    public Task UnregisterReminder(GrainId callingGrainId, IGrainReminder reminder)
    {
        Set.Remove(reminder.ReminderName);
        return Task.CompletedTask;
    }

    public Task<IGrainReminder> GetReminder(GrainId callingGrainId, string reminderName) =>
        Task.FromResult<IGrainReminder>(Set.ContainsKey(reminderName) ? new Reminder(reminderName) : null!);

    public Task<List<IGrainReminder>> GetReminders(GrainId callingGrainId) =>
        Task.FromResult(Set.Keys.Select(IGrainReminder (name) => new Reminder(name)).ToList());

    private sealed record Reminder(string ReminderName) : IGrainReminder;
}
