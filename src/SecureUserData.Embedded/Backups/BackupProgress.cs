namespace SecureUserData.Embedded.Backups;

/// <summary>What is being done.</summary>
public enum BackupStep
{
    /// <summary>The database file is copied; in bytes.</summary>
    Copying,

    /// <summary>The digest of the database file is computed; in bytes.</summary>
    Digesting,

    /// <summary>States and entries of the access log are verified; in both together.</summary>
    Verifying,

    /// <summary>Users are erased again; in users.</summary>
    Erasing,
}

/// <summary>How far something is.</summary>
/// <param name="Step">What is being done.</param>
/// <param name="Done">How much of it is.</param>
/// <param name="Total">How much there is.</param>
public readonly record struct BackupProgress(BackupStep Step, long Done, long Total);

/// <summary>One step of something.</summary>
internal sealed class StepProgress(IProgress<BackupProgress>? progress, BackupStep step, long total, long before = 0)
    : IProgress<long>
{
    public void Report(long value) => progress?.Report(new BackupProgress(step, before + value, total));
}
