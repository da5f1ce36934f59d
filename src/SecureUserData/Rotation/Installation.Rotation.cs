using SecureUserData.AccessLog;
using SecureUserData.Rotation;

namespace SecureUserData.Applications;

// What the rotation of the master key needs.
public partial class Installation
{
    /// <inheritdoc/>
    public Task<IReadOnlyList<AppId>> ListAllAsync() =>
        Task.FromResult<IReadOnlyList<AppId>>([.. State?.Applications ?? []]);

    /// <inheritdoc/>
    public Task RecordAsync(string by, Activity activity, RotationRun run) => _chain.AppendAsync(
        new LogEntry
        {
            Actor = by,
            At = Now.ToUnixTimeMilliseconds(),
            Activity = activity,
            Names = [RotationPlan.Describe(run)],
            Count = run.Moved > 0 ? (int)run.Moved : null,
        },
        Services.Installation.Log);
}
