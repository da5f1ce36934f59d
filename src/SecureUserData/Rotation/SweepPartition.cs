using SecureUserData.Applications;
using SecureUserData.Cryptography;
using SecureUserData.Entities;
using SecureUserData.Ports;
using SecureUserData.Users;

namespace SecureUserData.Rotation;

/// <summary>Goes over the users of one part of a sweep, several at a time.</summary>
public class SweepPartition(SweepPartitionId id, IEntityContext context, DomainServices services)
    : ISweepPartition, ISweep, IActivation
{
    /// <summary>Users asked at a time: enough for their writes to share commits, and few, because other callers wait
    /// behind all of them for a processor.</summary>
    internal const int AtOnce = 4;

    /// <summary>Users looked up at a time, with their states.</summary>
    private const int PageUsers = 16;

    private static readonly TimeSpan Slice = TimeSpan.FromSeconds(1);

    private long _began;

    private bool IsOver => services.Time.GetElapsedTime(_began) >= Slice;

    /// <inheritdoc/>
    public async Task<SweepSlice> SweepAsync(RotationRun run, RotationStep step, SweepRange range)
    {
        _began = services.Time.GetTimestamp();
        context.RequestUnload(); // nothing is kept here
        var slice = new SweepSlice(range);
        var keys = await context.Internal<IApplicationInternals>(id.App).GetWrappedKeysAsync();
        do
        {
            var found = await FindAsync(run, slice.Range);
            var steps = await StepAsync(found, run, step, keys);
            slice = slice with { Moved = slice.Moved + steps.Count(step => step == SweepStep.Moved) };
            if (steps.Contains(SweepStep.More)) return slice; // the time is over, and they go on in the next slice
            var failed = found.Take(steps.Count).Where((_, i) => steps[i] is null).Select(user => user.Id).ToList();
            slice = slice with
            {
                Range = range with
                {
                    After = steps.Count > 0 ? found[steps.Count - 1].Id : slice.Range.After,
                    IsDone = steps.Count == found.Count && found.Count < PageUsers,
                },
                Looked = slice.Looked + steps.Count,
                Later = slice.Later + steps.Count(step => step == SweepStep.Later),
                Failed = slice.Failed + failed.Count,
                Failures = [.. slice.Failures.Concat(failed).Take(SweepSlice.FailuresNamed)],
            };
        }
        while (!slice.Range.IsDone && !IsOver);
        return slice;
    }

    /// <summary>The next users of the part, with their states where these tell whether there is something to do.
    /// </summary>
    private async Task<List<Found>> FindAsync(RotationRun run, SweepRange range)
    {
        var states = services.Ports.States;
        IEnumerable<Found> page = run.Key is KeyKind.Index or KeyKind.State
            ? (await states.FindAsync(range.Tag, range.After, PageUsers)).Select(user => new Found(user.Id, user.State))
            : (await states.FindIdsAsync(range.Tag, range.After, PageUsers)).Select(user => new Found(user, null));
        return [.. page.TakeWhile(user => IsWithin(range, user.Id))];
    }

    private static bool IsWithin(SweepRange range, string user) =>
        string.CompareOrdinal(user, range.Through) <= 0;

    /// <summary>Does some users, the next one as soon as one is done, up to the end of the slice: all parts wait for
    /// the last one.</summary>
    /// <returns>What was done for the first of them, for one at least.</returns>
    private async Task<IReadOnlyList<SweepStep?>> StepAsync(
        IReadOnlyList<Found> found, RotationRun run, RotationStep step, WrappedKeys keys)
    {
        var steps = new SweepStep?[found.Count];
        var next = 0; // everything of an entity runs on one thread at a time
        await Task.WhenAll(Enumerable.Range(0, AtOnce).Select(async _ =>
        {
            while (next < found.Count && (next == 0 || !IsOver))
            {
                var i = next++;
                steps[i] = await StepAsync(found[i], run, step, keys);
            }
        }));
        return new ArraySegment<SweepStep?>(steps, 0, next);
    }

    /// <summary>Does one user, up to the end of the slice; null when that fails.</summary>
    private async Task<SweepStep?> StepAsync(Found found, RotationRun run, RotationStep step, WrappedKeys keys)
    {
        if (run.Key == KeyKind.Index && IsIndexed(found.State!, keys)) return SweepStep.Nothing; // and asks nobody
        try
        {
            SweepStep done;
            do
            {
                await context.StepBackAsync();
                done = UserId.TryParse(found.Id, out var user)
                    ? await StepAsync(user, found.State, run, step)
                    : await ResealAsync(EntityOf(found.Id), found.State!, run.To);
            }
            while (done == SweepStep.More && !IsOver);
            return done;
        }
        catch (SecureUserDataException e) when (e.Code != ErrorCode.Unavailable)
        {
            return null; // the others must not be left for one
        }
    }

    private Task<SweepStep> StepAsync(
        UserId user, StoredState? stored, RotationRun run, RotationStep step)
    {
        var subject = context.Internal<IUserRotation>(user);
        switch (run.Key)
        {
            case KeyKind.Application:
                return subject.RewrapAsync();
            case KeyKind.User when step == RotationStep.Scan:
                return subject.DestroyOlderKeysAsync();
            case KeyKind.User:
                return subject.RekeyAsync(run.Started, run.By);
            case KeyKind.Index:
                return subject.ReindexAsync();
            case KeyKind.State:
                return ResealAsync(user, stored!, run.To);
            default:
                throw new InvalidOperationException($"There is no sweep for {run.Key}.");
        }
    }

    /// <summary>Seals everything that is stored of a user under the newest state key: the user, what was decided, and
    /// the erasure.</summary>
    private async Task<SweepStep> ResealAsync(UserId user, StoredState stored, int version)
    {
        var remains = await context.Internal<IUserErasure>(user).DescribeAsync();
        // What an erased user decided on is not known any more, but that all of it is the application's.
        var scripts = remains.Erased is null
            ? remains.Decided
            : await context.Internal<IApplicationRotation>(id.App).ListAllScriptsAsync();
        foreach (var script in scripts) await ResealAsync(new ConsentId(user, script));
        await ResealAsync(new ErasureId(user));
        await ResealAsync(user); // last: it leaves the memory then
        return Envelope.KeyVersion(stored.Body) >= version ? SweepStep.Nothing : SweepStep.Moved;
    }

    private static IEntityId EntityOf(string id) =>
        EntityKind.ParseId(id) ?? throw SecureUserDataException.Tampered($"the index of {id}");

    /// <summary>Does the same with what is of a vault.</summary>
    private async Task<SweepStep> ResealAsync(IEntityId entity, StoredState stored, int version)
    {
        await ResealAsync(entity);
        return Envelope.KeyVersion(stored.Body) >= version ? SweepStep.Nothing : SweepStep.Moved;
    }

    private static bool IsIndexed(StoredState stored, WrappedKeys keys)
    {
        var versions = keys.Versions(WrappedKeys.Index).ToList();
        return IndexTags.AreOf(versions[^1], versions[0], stored.Tags);
    }

    private Task ResealAsync(IEntityId entity) => context.Internal<IResealed>(entity).ResealAsync();

    /// <inheritdoc/>
    public Task ActivateAsync() => Task.CompletedTask;

    /// <inheritdoc/>
    public Task UnloadAsync() => Task.CompletedTask;

    /// <inheritdoc/>
    public Task WakeAsync() => Task.CompletedTask;

    /// <inheritdoc/>
    public void Dispose() => GC.SuppressFinalize(this);

    /// <param name="Id">The text of the user's id.</param>
    /// <param name="State">The stored state; null where it was not asked for.</param>
    private readonly record struct Found(string Id, StoredState? State);
}
