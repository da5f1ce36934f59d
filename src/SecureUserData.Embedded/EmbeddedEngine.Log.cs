using SecureUserData.AccessLog;
using SecureUserData.Embedded.Anchors;

namespace SecureUserData.Embedded;

// The access log as a whole: whether it holds, and what it was at a time.
public sealed partial class EmbeddedEngine
{
    /// <summary>Verifies the whole access log: every user's, every application's and the installation's chain, and the
    /// chain over all of them.</summary>
    /// <param name="progress">Told how many entries are done.</param>
    /// <param name="cancellation">Stops it.</param>
    /// <exception cref="SecureUserDataException"><see cref="ErrorCode.Tampered"/> with the first place.</exception>
    public Task<LogVerified> VerifyLogAsync(
        IProgress<long>? progress = null, CancellationToken cancellation = default) =>
        VerifyLogAsync(new LogEvidence(), progress, cancellation);

    /// <summary>The same, and that the log still has what was kept elsewhere: without that, a log whose newest entries
    /// were cut off holds, and so does the whole folder set back to an older copy.</summary>
    /// <param name="evidence">What was kept.</param>
    /// <param name="progress">Told how many entries are done.</param>
    /// <param name="cancellation">Stops it.</param>
    /// <exception cref="SecureUserDataException"><see cref="ErrorCode.Tampered"/> with the first place, or when what
    /// was kept is not this installation's.</exception>
    public async Task<LogVerified> VerifyLogAsync(
        LogEvidence evidence, IProgress<long>? progress = null, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(evidence);
        var comparison = new LogComparison(_services, evidence);
        await comparison.CheckAsync(cancellation);
        var log = await new LogVerification(_services, _outside).RunAsync(progress, cancellation);
        await comparison.RunAsync(log, cancellation);
        return log.Summary;
    }

    /// <summary>Verifies the whole access log and writes an anchor of it (<see cref="LogAnchor"/>) into a new file,
    /// whose name holds the time. Keep anchors where nobody who can write to the data folder can write.</summary>
    /// <param name="folder">The folder; made, for its owner only, if it is not there.</param>
    /// <param name="progress">Told how many entries are done.</param>
    /// <param name="cancellation">Stops it; no file is left.</param>
    /// <exception cref="SecureUserDataException"><see cref="ErrorCode.Tampered"/> when the log does not hold: nothing
    /// is signed then; <see cref="ErrorCode.Conflict"/> when there is an anchor of this second;
    /// <see cref="ErrorCode.Unavailable"/> when the folder cannot be written.</exception>
    public async Task<WrittenAnchor> WriteAnchorAsync(
        string folder, IProgress<long>? progress = null, CancellationToken cancellation = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(folder);
        using var file = new AnchorFolder(folder).Begin();
        var log = await new LogVerification(_services, _outside).RunAsync(progress, cancellation);
        var at = _services.Time.GetUtcNow();
        var statement = await file.WriteAsync(stream => AnchorWriter.WriteAsync(stream, log, _keys, at, cancellation));
        return new WrittenAnchor(file.Save(at), statement);
    }

    /// <summary>The same, if the newest anchor in the schedule's folder is old enough; null when it is not.</summary>
    /// <param name="schedule">Where and how often.</param>
    /// <param name="progress">Told how many entries are done.</param>
    /// <param name="cancellation">Stops it; no file is left.</param>
    /// <exception cref="SecureUserDataException">As in <see cref="WriteAnchorAsync"/>.</exception>
    public async Task<WrittenAnchor?> WriteDueAnchorAsync(
        AnchorSchedule schedule, IProgress<long>? progress = null, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(schedule);
        var now = _services.Time.GetUtcNow();
        return now - new AnchorFolder(schedule.Folder).Newest(until: now) < schedule.Every
            ? null
            : await WriteAnchorAsync(schedule.Folder, progress, cancellation);
    }
}

/// <summary>An anchor that was written.</summary>
/// <param name="File">Where it is.</param>
/// <param name="Statement">What it says.</param>
public sealed record WrittenAnchor(string File, LogAnchorStatement Statement);
