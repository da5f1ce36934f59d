using SecureUserData.AccessLog;

namespace SecureUserData.Applications;

// A restore stands in the installation's own chain, which it has set back like all others.
public partial class Installation
{
    /// <inheritdoc/>
    public Task RecordRestoreAsync(IReadOnlyList<string> names) => _chain.AppendAsync(
        new LogEntry
        {
            Actor = Access.Caller.System.Id,
            At = Now.ToUnixTimeMilliseconds(),
            Activity = Activity.BackupRestored,
            Names = [.. names],
        },
        Services.Installation.Log);
}
