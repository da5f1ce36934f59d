namespace SecureUserData.Ports;

/// <summary>Keeps the envelopes of owned records.</summary>
public interface IRecordStore
{
    /// <summary>Puts or replaces an envelope, durably.</summary>
    Task PutAsync(RecordKey key, byte[] envelope);

    /// <summary>Adds envelopes, durably; what is there already stays as it is. All or none, or where the store cannot
    /// do that, those that a failure has left stay, and the same call again adds the rest.</summary>
    /// <returns>The ids of those that were added, in the order in which they were passed.</returns>
    Task<IReadOnlyList<RecordId>> AddAsync(UserId user, string collection, IReadOnlyList<StoredRecord> records);

    /// <summary>Which of these ids are there in a collection.</summary>
    ValueTask<IReadOnlySet<RecordId>> FindAsync(UserId user, string collection, IReadOnlyList<RecordId> ids);

    /// <summary>One envelope; null when there is none.</summary>
    ValueTask<byte[]?> GetAsync(RecordKey key);

    /// <summary>Deletes an envelope, durably. False when there was none.</summary>
    Task<bool> DeleteAsync(RecordKey key);

    /// <summary>How many envelopes a user has.</summary>
    ValueTask<long> CountAsync(UserId user);

    /// <summary>Deletes envelopes of a user, whatever their collection, durably.</summary>
    /// <param name="user">Whose.</param>
    /// <param name="limit">At most this many.</param>
    /// <returns>How many were deleted; fewer than the limit when none is left.</returns>
    Task<int> DeleteAllAsync(UserId user, int limit);

    /// <summary>Deletes many envelopes of a collection durably, in one write. Those that are not there do not
    /// matter.</summary>
    /// <param name="user">Whose.</param>
    /// <param name="collection">Of which collection.</param>
    /// <param name="ids">Which ones, at most <see cref="Limits.PageItems"/>, so that no other write waits for long.
    /// </param>
    Task DeleteManyAsync(UserId user, string collection, IReadOnlyList<RecordId> ids);

    /// <summary>Envelopes of a collection in the order of their ids, at least one if there is one.</summary>
    /// <param name="user">Whose.</param>
    /// <param name="collection">Of which collection.</param>
    /// <param name="after">Only ids after this one; null to begin.</param>
    /// <param name="limit">At most this many.</param>
    /// <param name="bytes">No further one once this many bytes are reached.</param>
    ValueTask<IReadOnlyList<StoredRecord>> ListAsync(
        UserId user, string collection, RecordId? after, int limit, int bytes);

    /// <summary>Looks for a user's envelopes, of all collections, that are not under a version of the user's key; in
    /// the order of collection and id.</summary>
    /// <param name="user">Whose.</param>
    /// <param name="keyVersion">The version that is left out; it stands in the envelope's header.</param>
    /// <param name="after">Only records after this one; null to begin.</param>
    /// <param name="looks">Looks at no more than this many.</param>
    /// <param name="limit">Finds at most this many.</param>
    /// <param name="bytes">Finds no further one once this many bytes are reached.</param>
    ValueTask<StaleRecords> ListStaleAsync(
        UserId user, int keyVersion, RecordKey? after, int looks, int limit, int bytes);

    /// <summary>Puts other envelopes into the place of those that are there, durably, in one write; where another one
    /// or none is there by now, nothing is changed.</summary>
    Task ReplaceAsync(IReadOnlyList<RecordReplacement> replacements);

    /// <summary>The names of a user's collections, in order.</summary>
    ValueTask<IReadOnlyList<string>> CollectionsAsync(UserId user);
}

/// <summary>The place of one record.</summary>
/// <param name="User">Whose it is.</param>
/// <param name="Collection">Its collection.</param>
/// <param name="Id">Its id.</param>
public readonly record struct RecordKey(UserId User, string Collection, RecordId Id);

/// <summary>A record's place and what is stored there.</summary>
/// <param name="Key">The place.</param>
/// <param name="Envelope">Its envelope.</param>
public readonly record struct KeyedRecord(RecordKey Key, byte[] Envelope);

/// <summary>Records that are not under a version of their user's key.</summary>
/// <param name="Records">Those that were found.</param>
/// <param name="Next">The last one that was looked at: where to go on; null at the end.</param>
public sealed record StaleRecords(IReadOnlyList<KeyedRecord> Records, RecordKey? Next);

/// <summary>An envelope for the place of another.</summary>
/// <param name="Key">The place.</param>
/// <param name="Before">The envelope that is there.</param>
/// <param name="After">The envelope that is to be there.</param>
public readonly record struct RecordReplacement(RecordKey Key, byte[] Before, byte[] After);

/// <summary>One stored record.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Envelope">Its envelope.</param>
public readonly record struct StoredRecord(RecordId Id, byte[] Envelope);
