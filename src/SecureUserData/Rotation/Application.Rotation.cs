using SecureUserData.AccessLog;
using SecureUserData.Rotation;

namespace SecureUserData.Applications;

// The versions of the application's keys.
public partial class Application
{
    /// <inheritdoc/>
    public Task<ApplicationKeyState> DescribeKeysAsync()
    {
        var state = Registered();
        return Task.FromResult(new ApplicationKeyState(state.Keys, state.RegisteredAt));
    }

    /// <inheritdoc/>
    public Task<IReadOnlyList<ScriptId>> ListAllScriptsAsync() =>
        Task.FromResult<IReadOnlyList<ScriptId>>([.. Registered().Scripts.Select(script => script.Id)]);

    /// <inheritdoc/>
    public async Task AnnounceKeyVersionAsync(RotationRun run)
    {
        var state = Registered();
        var purpose = RotationPlan.Purpose(run.Key)!;
        if (state.Keys.Versions(purpose).Max() >= run.To) return;
        // Not on record yet: whoever sets this state back takes a key away that nothing is under.
        await SaveAsync(state with { Keys = state.Keys.Announce(purpose, Services.Masters, Now) });
    }

    /// <inheritdoc/>
    public async Task UseKeyVersionAsync(RotationRun run)
    {
        var state = Registered();
        var entry = Entry(run.By, Activity.KeyRotationStarted, [RotationPlan.Describe(run)]);
        if (RotationPlan.Purpose(run.Key) is not { } purpose)
        {
            await SaveKeysAsync(state, entry); // the users make their own keys
            return;
        }
        if (state.Keys.Current(purpose) >= run.To) return;
        var keys = state.Keys.Use(purpose, Services.Masters);
        DemandInUse(keys, purpose, run);
        // Until everybody is found by the new version, everybody is by the old one.
        if (run.Key == KeyKind.Index) keys = keys with { LookUpVersion = run.From };
        await SaveKeysAsync(state with { Keys = keys }, entry);
    }

    /// <inheritdoc/>
    public async Task SwitchIndexAsync(RotationRun run)
    {
        var state = Registered();
        if (state.Keys.LookUpVersion == run.To) return;
        await SaveKeysAsync(
            state with { Keys = state.Keys with { LookUpVersion = run.To } },
            Entry(run.By, Activity.IndexKeySwitched, [RotationPlan.Describe(run)]));
    }

    /// <inheritdoc/>
    public async Task DestroyKeyVersionsAsync(RotationRun run)
    {
        var state = Registered();
        var purpose = RotationPlan.Purpose(run.Key)!;
        DemandInUse(state.Keys, purpose, run);
        var keys = state.Keys.Without(purpose, before: run.To);
        if (keys.Keys.Length == state.Keys.Keys.Length) return;
        await SaveKeysAsync(
            state with { Keys = keys },
            Entry(run.By, Activity.KeyVersionDestroyed,
            [
                .. state.Keys.Versions(purpose).Where(version => version < run.To)
                    .Select(version => $"{purpose}-key/{version}"),
            ]));
    }

    /// <inheritdoc/>
    public async Task RecordAsync(string by, Activity activity, IReadOnlyList<string> names, long count)
    {
        using var lease = await RentAsync(Registered());
        await _chain.AppendAsync(Entry(by, activity, names, count), lease.Keys.Log);
    }

    /// <inheritdoc/>
    public async Task<bool> RewrapAsync(int masterVersion)
    {
        if (State is not { } state || SealedUnder == masterVersion) return false;
        await SaveAsync(state with { Keys = state.Keys.Rewrap(Services.Masters, masterVersion) });
        return true;
    }

    /// <summary>Whatever is stored is sealed under the master key that its keys are wrapped under: the envelope's
    /// header says which master key an application needs.</summary>
    private protected override int MasterVersion(ApplicationState state) => state.Keys.MasterVersion;

    /// <summary>A run goes on in later calls: before it relies on the version that it leads to, that is there still.
    /// </summary>
    private void DemandInUse(WrappedKeys keys, string purpose, RotationRun run)
    {
        if (keys.Current(purpose) < run.To) throw SecureUserDataException.Tampered($"the keys of {Name}");
    }

    private ApplicationState Registered() => State ?? throw SecureUserDataException.NotFound("application");

    /// <summary>Stores keys with the entry that announces them.</summary>
    private async Task SaveKeysAsync(ApplicationState next, LogEntry entry)
    {
        using var lease = await RentAsync(State!);
        var row = _chain.Next(entry, lease.Keys.Log);
        await SaveAsync(next with { LastSequence = row.Sequence }, row);
        _chain.Appended(row, entry.IsChange);
    }

    private LogEntry Entry(string by, Activity activity, IReadOnlyList<string> names, long count = 0) => new()
    {
        Actor = by,
        At = Now.ToUnixTimeMilliseconds(),
        Activity = activity,
        Names = [.. names],
        Count = count is > 0 and <= int.MaxValue ? (int)count : null,
    };
}
