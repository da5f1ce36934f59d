using SecureUserData.Applications;
using SecureUserData.Entities;
using SecureUserData.Users;
using SecureUserData.Vault;

namespace SecureUserData.Rotation;

// The steps of a run.
public partial class ApplicationRotation
{
    /// <summary>Works for about a second, or until the run has to wait.</summary>
    private async Task RunSliceAsync()
    {
        var began = Services.Time.GetTimestamp();
        while (Rotation.Current is { IsPaused: false } run
            && (run.GoesOn is null || run.GoesOn <= Now)
            && Services.Time.GetElapsedTime(began) < Slice)
            await StepAsync(run);
        await WakeNextAsync();
    }

    private async Task StepAsync(RotationRun run)
    {
        var plan = RotationPlan.Of(run.Key);
        if (Rotation.Step == plan.Count)
        {
            await Services.Ports.PurgeAsync(); // what was destroyed leaves the files too
            await EndAsync(run, RotationPhase.Finished, Activity.KeyRotationFinished, run.By);
            return;
        }
        switch (plan[Rotation.Step])
        {
            case RotationStep.Make:
                await Application.AnnounceKeyVersionAsync(run);
                await NextStepEverywhereAsync(run);
                break;
            case RotationStep.Use:
                await Application.UseKeyVersionAsync(run);
                await NextStepEverywhereAsync(run);
                break;
            case RotationStep.Wait when run.GoesOn is null:
                await SaveAsync(Rotation with { Current = run with { GoesOn = Now + RotationPlan.GracePeriod } });
                break;
            case RotationStep.Wait:
                await NextStepAsync(run);
                break;
            case RotationStep.Switch:
                await Application.SwitchIndexAsync(run);
                await NextStepEverywhereAsync(run);
                break;
            case RotationStep.Destroy:
                await Services.Ports.States.CheckAsync(); // whoever the index has lost was not moved, and needs them
                await Application.DestroyKeyVersionsAsync(run);
                await NextStepEverywhereAsync(run);
                break;
            case var sweep when Rotation.Ranges.IsDefault:
                await BeginSweepAsync(run, sweep);
                break;
            case var sweep:
                await SweepAsync(run, sweep);
                break;
        }
    }

    /// <summary>Goes on when every process works with the keys as they are stored now, and not before: nothing may be
    /// sealed under a version that somebody does not have.</summary>
    private async Task NextStepEverywhereAsync(RotationRun run)
    {
        try
        {
            if (run.Key != KeyKind.User) await Services.Processes.ForgetKeysAsync(_id.App); // those are not shared
        }
        catch (SecureUserDataException e) when (e.Code == ErrorCode.Unavailable)
        {
            await SaveAsync(Rotation with
            {
                Current = run with { IsProcessMissing = true, GoesOn = Now + AskAgainAfter },
            });
            return;
        }
        await NextStepAsync(run);
    }

    private Task NextStepAsync(RotationRun run)
    {
        var step = Rotation.Step + 1;
        var plan = RotationPlan.Of(run.Key);
        return SaveAsync(Rotation with
        {
            Current = run with
            {
                Phase = step < plan.Count ? RotationPlan.Phase(plan[step]) : run.Phase,
                GoesOn = null,
                IsProcessMissing = false,
            },
            Step = step,
            Ranges = default,
        });
    }

    /// <summary>A sweep goes over those who are there when it begins. Whoever comes later is under the new version, and
    /// it would never end where users come faster than it goes.</summary>
    private async Task BeginSweepAsync(RotationRun run, RotationStep step)
    {
        if (run.Key == KeyKind.State) await ResealOthersAsync();
        long total = 0;
        var ranges = new List<SweepRange>();
        var most = Math.Min(Services.Processes.Count * PartsPerProcess, MaxParts);
        foreach (var tag in await TagsAsync(run, step))
        {
            var parts = await Services.Ports.States.DivideAsync(tag, most);
            total += parts.Count;
            var after = "";
            foreach (var end in parts.Ends)
            {
                ranges.Add(new SweepRange(tag, after, end, IsDone: false));
                after = end;
            }
        }
        await SaveAsync(Rotation with
        {
            Current = run with
            {
                Phase = RotationPlan.Phase(step),
                GoesOn = null,
                Total = total,
                Done = 0,
                // Users whose key could not be replaced are not looked at again, and stay told.
                Failed = run.Key == KeyKind.User ? run.Failed : 0,
                Failures = run.Key == KeyKind.User ? run.Failures : [],
            },
            Ranges = [.. ranges],
            Moved = 0,
            Later = 0,
        });
    }

    /// <summary>Whom a sweep goes over. Older versions of the application's key come first: who is moved on the way is
    /// met twice rather than never.</summary>
    private async Task<IReadOnlyList<string>> TagsAsync(RotationRun run, RotationStep step)
    {
        var versions = (await Application.DescribeKeysAsync()).Keys.Versions(WrappedKeys.Application);
        var all = versions.Select(version => UserState.KeyTag(_id.App, version)).ToList();
        return (run.Key, step, run.Reason) switch
        {
            (KeyKind.Application, _, _) => [.. all.Take(all.Count - 1)],
            (KeyKind.User, RotationStep.Scan, _) => [UserState.OlderKeysTag(_id.App)],
            (KeyKind.User, _, RotationReason.Use) => [UserState.WornKeyTag(_id.App)],
            (KeyKind.State, _, _) => [.. all, UserState.ErasedTag(_id.App), VaultTags.All(_id.App)],
            _ => all,
        };
    }

    /// <summary>What is sealed under the state key and belongs to no user.</summary>
    private async Task ResealOthersAsync()
    {
        foreach (var script in await Application.ListAllScriptsAsync())
            await Context.Internal<IResealed>(script).ResealAsync();
        await Context.Internal<IResealed>(new RetentionId(_id.App)).ResealAsync();
    }

    private async Task SweepAsync(RotationRun run, RotationStep step)
    {
        var slices = await Task.WhenAll(Rotation.Ranges.Select((range, i) => range.IsDone
            ? Task.FromResult(new SweepSlice(range))
            : Context.Internal<ISweep>(new SweepPartitionId(_id.App, i)).SweepAsync(run, step, range)));
        var moved = slices.Sum(slice => slice.Moved);
        var isFirst = step == RotationStep.Move || (step == RotationStep.Scan && run.Key != KeyKind.User);
        run = run with
        {
            Done = run.Done + slices.Sum(slice => slice.Looked),
            Moved = run.Moved + (isFirst ? moved : 0), // nobody is counted twice
            Failed = run.Failed + slices.Sum(slice => slice.Failed),
            Failures =
            [
                .. run.Failures.Concat(slices.SelectMany(slice => slice.Failures)).Take(SweepSlice.FailuresNamed),
            ],
        };
        await SaveAsync(Rotation with
        {
            Current = run,
            Ranges = [.. slices.Select(slice => slice.Range)],
            Moved = Rotation.Moved + moved,
            Later = Rotation.Later + slices.Sum(slice => slice.Later),
        });
        if (Rotation.Ranges.All(range => range.IsDone)) await EndSweepAsync(run, step);
    }

    /// <summary>A scan has to find nobody: whoever it has found may have been brought to the old version by somebody
    /// who works on it still, and whoever could not be moved needs it.</summary>
    private Task EndSweepAsync(RotationRun run, RotationStep step)
    {
        if (step == RotationStep.Move) return NextStepAsync(run); // the scan finds whoever is left
        // A user's key is nobody else's concern: that one cannot be moved does not keep the others' old keys alive.
        var isLeft = Rotation.Later > 0 || (run.Failed > 0 && run.Key != KeyKind.User);
        if (isLeft)
            return SaveAsync(Rotation with { Current = run with { GoesOn = Now + RetryAfter }, Ranges = default });
        return step == RotationStep.Scan && Rotation.Moved > 0 && run.Key != KeyKind.User
            ? SaveAsync(Rotation with { Ranges = default })
            : NextStepAsync(run);
    }

    private async Task EndAsync(RotationRun run, RotationPhase phase, Activity activity, string by)
    {
        await Application.RecordAsync(by, activity, [RotationPlan.Describe(run)], run.Moved);
        var ended = run with
        {
            Phase = phase, IsPaused = false, IsProcessMissing = false, GoesOn = null, Ended = Now,
        };
        await SaveAsync(Rotation with
        {
            Current = null,
            Step = 0,
            Ranges = default,
            Past = [ended, .. Rotation.Past.Take(Limits.RotationsKept - 1)],
        });
        await WakeNextAsync();
    }
}
