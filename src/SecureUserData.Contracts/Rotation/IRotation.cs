namespace SecureUserData;

/// <summary>The rotation of one application's keys, while everything goes on; for the application itself. What was
/// started goes on by itself while an engine runs, also after a crash.</summary>
public interface IRotation : IEntity
{
    /// <summary>Makes a new version of a key and begins to move everything to it.</summary>
    /// <param name="key">Any kind but <see cref="KeyKind.Master"/>.</param>
    /// <exception cref="SecureUserDataException"><see cref="ErrorCode.Conflict"/> while another run is under way;
    /// <see cref="ErrorCode.Invalid"/> for the master key.</exception>
    Task<RotationReport> StartAsync(KeyKind key);

    /// <summary>How far it is, what was done before, and when what begins by itself.</summary>
    Task<RotationReport> GetAsync();

    /// <summary>Does about a second of the run under way, if there is one that need not wait; see
    /// <see cref="RotationExtensions"/>.</summary>
    Task<RotationReport> RunAsync();

    /// <summary>Lets the run under way rest, until it is resumed.</summary>
    Task<RotationReport> PauseAsync();

    /// <summary>Lets a run that rests go on.</summary>
    Task<RotationReport> ResumeAsync();

    /// <summary>Ends the run under way. The new version stays in use and the old one readable; the next run moves what
    /// this one has left.</summary>
    Task<RotationReport> CancelAsync();

    /// <summary>Sets which rotations begin by themselves.</summary>
    /// <exception cref="SecureUserDataException"><see cref="ErrorCode.Invalid"/> when a period is not whole days, 1 to
    /// <see cref="Limits.RetentionDays"/>.</exception>
    Task<RotationReport> SetScheduleAsync(RotationSchedule schedule);
}

/// <summary>The rotation of the master key; for operators. A new key is put first in the master key ring before the
/// engine is opened, and this rewraps every application's keys under it.</summary>
public interface IMasterRotation : IEntity
{
    /// <summary>Begins to rewrap what is not under the newest key of the ring.</summary>
    /// <exception cref="SecureUserDataException"><see cref="ErrorCode.Conflict"/> while another run is under way.
    /// </exception>
    Task<MasterRotationReport> StartAsync();

    /// <summary>How far it is, what was done before, and which keys may leave the ring.</summary>
    Task<MasterRotationReport> GetAsync();

    /// <summary>Does about a second of the run under way, if there is one.</summary>
    Task<MasterRotationReport> RunAsync();

    /// <summary>Lets the run under way rest, until it is resumed.</summary>
    Task<MasterRotationReport> PauseAsync();

    /// <summary>Lets a run that rests go on.</summary>
    Task<MasterRotationReport> ResumeAsync();

    /// <summary>Ends the run under way. What is not rewrapped stays under the key that it was under.</summary>
    Task<MasterRotationReport> CancelAsync();
}
