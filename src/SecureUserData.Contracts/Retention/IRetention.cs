namespace SecureUserData;

/// <summary>The erasing of what an application keeps no longer: it is done daily without being asked. For the
/// application itself.</summary>
public interface IRetention : IEntity
{
    /// <summary>The rules, and how far their application is.</summary>
    Task<RetentionReport> GetAsync();

    /// <summary>Does about a second of the run under way, or begins one; see
    /// <see cref="SessionExtensions.RunToEndAsync"/>.</summary>
    /// <returns>How far it is; it is at its end when there is no run under way any more.</returns>
    Task<RetentionReport> RunAsync();

    /// <summary>Counts what a run would erase now, and erases nothing.</summary>
    /// <param name="cursor">Where to go on; null to begin.</param>
    /// <returns>The counts of about a second's work: add those of all pages up.</returns>
    Task<RetentionPreview> PreviewAsync(string? cursor = null);
}

/// <summary>The rules of an application, and how far their application is.</summary>
/// <param name="Rules">The rules in force.</param>
/// <param name="Last">The last run that has come to its end; null before there was one.</param>
/// <param name="Current">The run under way; null when there is none.</param>
/// <param name="Next">When the next run begins; null while one is under way or nobody knows.</param>
public sealed record RetentionReport(
    RetentionRules Rules, RetentionRun? Last, RetentionRun? Current, DateTimeOffset? Next);

/// <summary>One run over all users of an application.</summary>
/// <param name="Started">When it began.</param>
/// <param name="Finished">When it came to its end; null while it is under way.</param>
/// <param name="Counts">What it has done.</param>
public sealed record RetentionRun(DateTimeOffset Started, DateTimeOffset? Finished, RetentionCounts Counts);

/// <summary>What a run has erased, or would erase.</summary>
/// <param name="Users">Users looked at.</param>
/// <param name="Fields">Fields.</param>
/// <param name="Versions">Earlier values of fields.</param>
/// <param name="Records">Records.</param>
/// <param name="LogEntries">Entries of the access log that were emptied.</param>
/// <param name="Failed">Users whose stored data does not authenticate, or who were changed elsewhere at the same time:
/// the next run looks at them again.</param>
public sealed record RetentionCounts(
    long Users = 0, long Fields = 0, long Versions = 0, long Records = 0, long LogEntries = 0, long Failed = 0)
{
    /// <summary>Both together.</summary>
    public static RetentionCounts operator +(RetentionCounts one, RetentionCounts other) => new(
        one.Users + other.Users,
        one.Fields + other.Fields,
        one.Versions + other.Versions,
        one.Records + other.Records,
        one.LogEntries + other.LogEntries,
        one.Failed + other.Failed);
}

/// <summary>A page of what a run would erase.</summary>
/// <param name="Counts">The counts of this page.</param>
/// <param name="Next">What to pass as cursor for the next page; null at the end.</param>
public sealed record RetentionPreview(RetentionCounts Counts, string? Next);
