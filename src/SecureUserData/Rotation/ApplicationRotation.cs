using SecureUserData.Access;
using SecureUserData.Applications;
using SecureUserData.Entities;
using SecureUserData.Ports;

namespace SecureUserData.Rotation;

/// <summary>The rotation of one application's keys: takes a run from step to step, and divides each sweep into parts
/// that work in slices. How far it is, is stored after every slice, and doing a part again changes nothing, so that it
/// goes on after a crash.</summary>
public partial class ApplicationRotation : ApplicationEntity<RotationState>, IRotation
{
    /// <summary>How often it looks whether a rotation is due.</summary>
    internal static readonly TimeSpan LookPeriod = TimeSpan.FromDays(1);

    /// <summary>Parts of a sweep for each process, so that it goes as fast as there are processes; and at the most,
    /// since how far each of them is, is stored with every slice.</summary>
    internal const int PartsPerProcess = 8;

    private const int MaxParts = 256;

    private static readonly TimeSpan Slice = TimeSpan.FromSeconds(1);

    /// <summary>When what could not be moved is tried again.</summary>
    private static readonly TimeSpan RetryAfter = TimeSpan.FromMinutes(10);

    /// <summary>When the processes are asked again of which one could not be.</summary>
    private static readonly TimeSpan AskAgainAfter = TimeSpan.FromMinutes(1);

    /// <summary>So much later than now is another time than that of the wake-up that runs, which is taken off the list
    /// when it has ended.</summary>
    private static readonly TimeSpan Soon = TimeSpan.FromMilliseconds(1);

    private readonly RotationId _id;

    /// <summary>Makes an activation.</summary>
    public ApplicationRotation(RotationId id, IStateSlot slot, IEntityContext context, DomainServices services)
        : base(id, slot, context, services, StateJson.Default.RotationState) => _id = id;

    private IApplicationRotation Application => Context.Internal<IApplicationRotation>(_id.App);

    private RotationState Rotation => State ?? new RotationState { App = _id.App };

    /// <inheritdoc/>
    public async Task<RotationReport> StartAsync(KeyKind key)
    {
        var keys = await DemandAsync();
        if (key == KeyKind.Master || !Enum.IsDefined(key))
            throw SecureUserDataException.Invalid("An application rotates its own keys only: name one of them.");
        if (Rotation.Current is not null)
            throw SecureUserDataException.Conflict("A rotation is under way: let it end, or cancel it.");
        await BeginAsync(key, Caller.Id, RotationReason.Asked, keys);
        return await ReportAsync();
    }

    /// <inheritdoc/>
    public async Task<RotationReport> GetAsync() => Report(await DemandAsync());

    /// <inheritdoc/>
    public async Task<RotationReport> RunAsync()
    {
        await DemandAsync();
        await RunSliceAsync();
        return await ReportAsync();
    }

    /// <inheritdoc/>
    public Task<RotationReport> PauseAsync() => SetPausedAsync(true);

    /// <inheritdoc/>
    public Task<RotationReport> ResumeAsync() => SetPausedAsync(false);

    /// <inheritdoc/>
    public async Task<RotationReport> CancelAsync()
    {
        await DemandAsync();
        if (Rotation.Current is { } run)
            await EndAsync(run, RotationPhase.Cancelled, Activity.KeyRotationCancelled, Caller.Id);
        return await ReportAsync();
    }

    /// <inheritdoc/>
    public async Task<RotationReport> SetScheduleAsync(RotationSchedule schedule)
    {
        await DemandAsync();
        if (schedule is null) throw SecureUserDataException.Invalid("The schedule is missing.");
        string[] names =
        [
            $"application-key/{Days(schedule.ApplicationKey)}", $"user-keys/{Days(schedule.UserKeys)}",
        ];
        await Application.RecordAsync(Caller.Id, Activity.RotationScheduleChanged, names, count: 0);
        await SaveAsync(Rotation with { Schedule = schedule });
        await WakeNextAsync();
        return await ReportAsync();
    }

    /// <summary>Goes on with the run under way, or begins one that is due.</summary>
    public override async Task WakeAsync()
    {
        ApplicationKeyState keys;
        try
        {
            keys = await Application.DescribeKeysAsync();
        }
        catch (SecureUserDataException e) when (e.Code == ErrorCode.NotFound)
        {
            return; // a crash kept the application from being stored: there is nobody
        }
        if (Rotation.Current is null && await FindDueAsync(keys) is var (key, reason))
            await BeginAsync(key, Name, reason, keys);
        await RunSliceAsync();
    }

    private async Task<ApplicationKeyState> DemandAsync()
    {
        Caller.Demand(CallerKind.Application);
        return Caller.App == _id.App
            ? await Application.DescribeKeysAsync()
            : throw SecureUserDataException.NotFound("application");
    }

    private async Task<RotationReport> ReportAsync() => Report(await Application.DescribeKeysAsync());

    private RotationReport Report(ApplicationKeyState keys) => new(
        Rotation.Current,
        Rotation.Past,
        [
            .. from kind in new[] { KeyKind.Application, KeyKind.Index, KeyKind.Log, KeyKind.State }
               from key in keys.Keys.Keys.Reverse()
               where key.Purpose == RotationPlan.Purpose(kind) && !key.IsAnnounced
               select new KeyVersion(kind, key.Version, key.MadeAt ?? keys.RegisteredAt),
        ],
        Rotation.Schedule);

    /// <summary>What is due by use or age; keys that have nearly been used up come first.</summary>
    private async Task<(KeyKind, RotationReason)?> FindDueAsync(ApplicationKeyState keys)
    {
        if ((await Services.Ports.States.FindAsync(Users.UserState.WornKeyTag(_id.App), null, 1)).Count > 0)
            return (KeyKind.User, RotationReason.Use);
        var schedule = Rotation.Schedule;
        if (keys.MadeAt(WrappedKeys.Application) + schedule.ApplicationKey <= Now)
            return (KeyKind.Application, RotationReason.Age);
        var last = Rotation.Past.FirstOrDefault(run => run.Key == KeyKind.User && run.Reason != RotationReason.Use);
        if ((last?.Started ?? keys.RegisteredAt) + schedule.UserKeys <= Now)
            return (KeyKind.User, RotationReason.Age);
        return null;
    }

    /// <summary>Stores a new run before anything is done, so that it is finished whatever happens.</summary>
    private async Task BeginAsync(KeyKind key, string by, RotationReason reason, ApplicationKeyState keys)
    {
        var (from, to) = (0, 0);
        if (RotationPlan.Purpose(key) is { } purpose)
        {
            (from, to) = (keys.Keys.Current(purpose), keys.Keys.Current(purpose) + 1); // which may be announced already
            // A value has an index tag in two versions at the most: a run that was cancelled is taken up.
            if (key == KeyKind.Index && keys.Keys.Versions(purpose).Min() is var oldest && oldest != from)
                (from, to) = (oldest, from);
        }
        await SaveAsync(Rotation with
        {
            Current = new RotationRun(key, from, to, by, reason, Now), Step = 0, Ranges = default,
        });
        await RunSliceAsync();
    }

    private async Task SetPausedAsync(RotationRun run, bool paused)
    {
        await SaveAsync(Rotation with { Current = run with { IsPaused = paused } });
        await WakeNextAsync();
    }

    private async Task<RotationReport> SetPausedAsync(bool paused)
    {
        await DemandAsync();
        if (Rotation.Current is { } run && run.IsPaused != paused) await SetPausedAsync(run, paused);
        return await ReportAsync();
    }

    /// <summary>After a crash between a save and this, the wake-up that is on the list already goes on.</summary>
    private Task WakeNextAsync() => Services.Ports.Wakeups.SetAsync(Name, Rotation.Current switch
    {
        null or { IsPaused: true } => Now + LookPeriod,
        { GoesOn: { } time } => time,
        _ => Now + Soon,
    });

    private static string Days(TimeSpan? period) => period switch
    {
        null => "none",
        { Ticks: > 0 } days when days.Ticks % TimeSpan.TicksPerDay == 0 && days.Days <= Limits.RetentionDays =>
            string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{days.Days}d"),
        _ => throw SecureUserDataException.Invalid(
            $"The age of a key is set in whole days, 1 to {Limits.RetentionDays}: correct it, or leave it out."),
    };
}
