using SecureUserData.Entities;

namespace SecureUserData.Users;

/// <summary>What other entities and the engine ask of a user.</summary>
public interface IUserInternals : IEntityInternals
{
    /// <summary>Trades the claim code for the credential.</summary>
    Task<Credential> ClaimAsync(Credential claimCode);

    /// <summary>Puts the reading on record, durably, and only then decrypts and releases.</summary>
    Task<Reading> ReleaseAsync(ReleaseRequest request);

    /// <summary>The same; null where the user has paused all processing, which leaves no refusal in the log.</summary>
    Task<Reading?> TryReleaseAsync(ReleaseRequest request);

    /// <summary>Puts it on record that a script was refused; many equal refusals become one entry with a
    /// count.</summary>
    Task RecordRefusalAsync(ReleaseRequest request, string reason);

    /// <summary>Puts a decision on record.</summary>
    /// <returns>Its entry in the user's chain.</returns>
    Task<long> RecordDecisionAsync(ScriptId script, ConsentDecision decision);

    /// <summary>The newest decision on a script that the user's chain knows, if it is newer than the one that a
    /// consent has stored; null when it is that one.</summary>
    /// <param name="script">The script.</param>
    /// <param name="stored">The entry of the stored decision; 0 when none is stored.</param>
    /// <exception cref="SecureUserDataException"><see cref="ErrorCode.Tampered"/> when the chain knows none, or an
    /// older one.</exception>
    Task<ConsentDecision?> FindNewerDecisionAsync(ScriptId script, long stored);

    /// <summary>Erases what is over, on record first: one step of it, so that nobody waits for long.</summary>
    /// <param name="rules">The application's rules.</param>
    /// <param name="from">The place that the step before ended at; null to begin.</param>
    /// <param name="preview">Only counts; nothing is erased.</param>
    Task<RetentionStep> ApplyRetentionAsync(RetentionRules rules, RetentionPlace? from, bool preview);

    /// <summary>Empties entries of the user's chain that are over, on record first: one step of it. Also for a user who
    /// is erased.</summary>
    /// <param name="period">How long entries are kept.</param>
    /// <param name="after">The entry that the step before ended at; 0 to begin.</param>
    /// <param name="preview">Only counts; nothing is emptied.</param>
    Task<LogRetentionStep> ExpireLogAsync(TimeSpan period, long after, bool preview);
}

/// <summary>What a consent asks a user to release.</summary>
/// <param name="Selection">What the script wants.</param>
/// <param name="Purpose">The purpose that the user decided on; null when nothing was decided.</param>
/// <param name="Decision">The decision's entry in the user's chain; 0 when nothing was decided.</param>
/// <param name="Masks">The decision's masks; null for none.</param>
public sealed record ReleaseRequest(
    Selection Selection, string? Purpose, long Decision, IReadOnlyDictionary<string, FieldMask>? Masks);

/// <summary>What one step of retention has done.</summary>
/// <param name="Counts">What it has erased, or would have.</param>
/// <param name="Next">Where the next step goes on; null at the end.</param>
public sealed record RetentionStep(RetentionCounts Counts, RetentionPlace? Next);

/// <summary>A place in a user's records.</summary>
/// <param name="Collection">The collection.</param>
/// <param name="After">The last record looked at.</param>
public sealed record RetentionPlace(string Collection, RecordId After);

/// <summary>What one step of the log's retention has done.</summary>
/// <param name="Emptied">Entries that it has emptied, or would have.</param>
/// <param name="Next">Where the next step goes on; null at the end.</param>
public sealed record LogRetentionStep(int Emptied, long? Next);
