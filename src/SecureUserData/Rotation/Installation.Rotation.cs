using SecureUserData.AccessLog;
using SecureUserData.Rotation;

namespace SecureUserData.Applications;

// What the rotation of the master key needs.
public partial class Installation
{
    private int? _movesTo;

    private protected override int MasterVersion(InstallationState state) => _movesTo ?? SealedUnder;

    /// <inheritdoc/>
    public async Task ResealAsync(int masterVersion)
    {
        var state = State ?? throw SecureUserDataException.NotFound("installation");
        if (SealedUnder == masterVersion) return;
        _movesTo = masterVersion;
        await SaveAsync(state);
    }

    /// <inheritdoc/>
    public Task<IReadOnlyList<AppId>> ListAllAsync() =>
        Task.FromResult<IReadOnlyList<AppId>>([.. State?.Applications ?? []]);

    /// <inheritdoc/>
    public async Task RecordAsync(string by, Activity activity, RotationRun run)
    {
        var state = State ?? throw SecureUserDataException.NotFound("installation");
        var entry = new LogEntry
        {
            Actor = by,
            At = Now.ToUnixTimeMilliseconds(),
            Activity = activity,
            Names = [RotationPlan.Describe(run)],
            Count = run.Moved > 0 ? (int)run.Moved : null,
        };
        // The start is a change: a state that does not include it looks as if it had been set back.
        var row = _chain.Next(entry, Services.Installation.Log);
        await SaveAsync(state with { LastSequence = row.Sequence }, row);
        _chain.Appended(row, entry.IsChange);
    }
}
