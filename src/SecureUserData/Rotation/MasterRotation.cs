using SecureUserData.Access;
using SecureUserData.Entities;
using SecureUserData.Ports;

namespace SecureUserData.Rotation;

/// <summary>The rotation of the master key: goes over all applications and has what the master key wraps wrapped under
/// the newest one of the ring.</summary>
public class MasterRotation : MasterEntity<MasterRotationState>, IMasterRotation
{
    private static readonly TimeSpan Slice = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Soon = TimeSpan.FromMilliseconds(1); // as in ApplicationRotation

    /// <summary>Makes an activation.</summary>
    public MasterRotation(MasterRotationId id, IStateSlot slot, IEntityContext context, DomainServices services)
        : base(id, slot, context, services, StateJson.Default.MasterRotationState)
    {
    }

    private IInstallationRotation Installation => Context.Internal<IInstallationRotation>(new InstallationId());

    private MasterRotationState Rotation => State ?? new MasterRotationState();

    /// <inheritdoc/>
    public async Task<MasterRotationReport> StartAsync()
    {
        Demand();
        if (Rotation.Current is not null)
            throw SecureUserDataException.Conflict("A rotation is under way: let it end, or cancel it.");
        var ring = Services.Masters.Versions;
        await DemandEverywhereAsync(ring[0]);
        var run = new RotationRun(
            KeyKind.Master, ring.Count > 1 ? ring[1] : ring[0], ring[0], Caller.Id, RotationReason.Asked, Now)
        {
            Phase = RotationPhase.Moving,
            Total = (await Installation.ListAllAsync()).Count,
        };
        await Installation.RecordAsync(Caller.Id, Activity.KeyRotationStarted, run);
        await Services.Ports.Wakeups.SetAsync(Name, Now + Soon); // first: a wake-up in vain does nothing
        await SaveAsync(Rotation with { Current = run });
        await RunSliceAsync();
        return Report();
    }

    /// <inheritdoc/>
    public Task<MasterRotationReport> GetAsync()
    {
        Demand();
        return Task.FromResult(Report());
    }

    /// <inheritdoc/>
    public async Task<MasterRotationReport> RunAsync()
    {
        Demand();
        await RunSliceAsync();
        return Report();
    }

    /// <inheritdoc/>
    public Task<MasterRotationReport> PauseAsync() => SetPausedAsync(true);

    /// <inheritdoc/>
    public Task<MasterRotationReport> ResumeAsync() => SetPausedAsync(false);

    /// <inheritdoc/>
    public async Task<MasterRotationReport> CancelAsync()
    {
        Demand();
        if (Rotation.Current is { } run)
            await EndAsync(run, RotationPhase.Cancelled, Activity.KeyRotationCancelled, Caller.Id);
        return Report();
    }

    /// <inheritdoc/>
    public override Task WakeAsync() => RunSliceAsync();

    /// <summary>Its own state is stored only while a run is under way, or when one ends.</summary>
    private protected override int MasterVersion(MasterRotationState state) => (state.Current ?? state.Past[0]).To;

    /// <summary>A process without the key could not open any more what others have wrapped under it.</summary>
    private async Task DemandEverywhereAsync(int version)
    {
        if (!await Services.Processes.AllHaveMasterKeyAsync(version, Services.Masters.CheckValue(version)))
            throw SecureUserDataException.Unavailable(
                $"Not every process has version {version} of the master key in its ring, or not the same key: put it "
                + "first into the ring of each, start them anew one after another, and rotate then.");
    }

    private void Demand() => Caller.Demand(CallerKind.Operator);

    private MasterRotationReport Report()
    {
        var ring = Services.Masters.Versions;
        var isMoved = Rotation.Past.FirstOrDefault(run => run.Phase == RotationPhase.Finished) is { Failed: 0 } run
            && run.To == ring[0];
        return new MasterRotationReport(Rotation.Current, Rotation.Past, ring, isMoved ? [.. ring.Skip(1)] : []);
    }

    private async Task<MasterRotationReport> SetPausedAsync(bool paused)
    {
        Demand();
        if (Rotation.Current is { } run && run.IsPaused != paused)
        {
            await SaveAsync(Rotation with { Current = run with { IsPaused = paused } });
            await WakeNextAsync();
        }
        return Report();
    }

    /// <summary>Goes on for about a second. Applications that are done already cost little, so that after a crash it
    /// looks at all of them again.</summary>
    private async Task RunSliceAsync()
    {
        if (Rotation.Current is not { IsPaused: false } run) return;
        var began = Services.Time.GetTimestamp();
        await DemandEverywhereAsync(run.To);
        // First: what comes new is under the new key from then on, and no process opens the installation without it.
        await Installation.ResealAsync(run.To);
        var applications = await Installation.ListAllAsync();
        run = run with { Total = applications.Count };
        foreach (var app in applications.Skip((int)run.Done))
        {
            run = await RewrapAsync(app, run) with { Done = run.Done + 1 };
            if (Services.Time.GetElapsedTime(began) >= Slice) break;
        }
        if (run.Done < run.Total)
        {
            await SaveAsync(Rotation with { Current = run });
            await WakeNextAsync();
            return;
        }
        await Services.Ports.PurgeAsync(); // what was wrapped under the old key leaves the files too
        await EndAsync(run, RotationPhase.Finished, Activity.KeyRotationFinished, run.By);
    }

    private async Task<RotationRun> RewrapAsync(AppId app, RotationRun run)
    {
        try
        {
            return await Context.Internal<IApplicationRotation>(app).RewrapAsync(run.To)
                ? run with { Moved = run.Moved + 1 }
                : run;
        }
        catch (SecureUserDataException e) when (e.Code is ErrorCode.Tampered or ErrorCode.Conflict)
        {
            return run with
            {
                Failed = run.Failed + 1,
                Failures = [.. run.Failures.Append(app.ToString()).Take(SweepSlice.FailuresNamed)],
            };
        }
    }

    private async Task EndAsync(RotationRun run, RotationPhase phase, Activity activity, string by)
    {
        await Installation.RecordAsync(by, activity, run);
        var ended = run with { Phase = phase, IsPaused = false, Ended = Now };
        await SaveAsync(new MasterRotationState
        {
            Past = [ended, .. Rotation.Past.Take(Limits.RotationsKept - 1)],
        });
        await Services.Ports.Wakeups.SetAsync(Name, null);
    }

    private Task WakeNextAsync() =>
        Services.Ports.Wakeups.SetAsync(Name, Rotation.Current is { IsPaused: false } ? Now + Soon : null);
}
