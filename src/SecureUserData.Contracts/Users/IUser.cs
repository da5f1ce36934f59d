namespace SecureUserData;

/// <summary>A user, the data subject: the user's key, identifiable fields, owned records and chain of the access
/// log.</summary>
public interface IUser : IEntity
{
    /// <summary>Creates the profile under a fresh id; for applications. The claim code is shown only in this
    /// answer.</summary>
    /// <param name="fields">Field names and values; values are not empty.</param>
    /// <exception cref="SecureUserDataException"><see cref="ErrorCode.Conflict"/> when a unique value is taken,
    /// <see cref="ErrorCode.Invalid"/> when a name or a value breaks a limit.</exception>
    Task<CreatedUser> CreateAsync(IReadOnlyDictionary<string, string> fields);

    /// <summary>The user's own profile; for the user. The reading is on record before it answers.</summary>
    Task<UserProfile> GetAsync();

    /// <summary>The earlier values of the user's own fields, as far as the application has them kept; for the user. The
    /// reading is on record before it answers.</summary>
    /// <param name="field">Only this field's; null for all.</param>
    /// <returns>Field by field in the order of their names, the newest first.</returns>
    Task<IReadOnlyList<FieldVersion>> GetHistoryAsync(string? field = null);

    /// <summary>Sets, changes and removes fields in one step; for the user and the user's application. A value that is
    /// replaced stays in the field's history; a field that is removed takes its history along.</summary>
    /// <param name="changes">New values by field name; null removes the field.</param>
    /// <exception cref="SecureUserDataException"><see cref="ErrorCode.Conflict"/> when a unique value is taken,
    /// <see cref="ErrorCode.Invalid"/> when a name or a value breaks a limit.</exception>
    Task SetFieldsAsync(IReadOnlyDictionary<string, string?> changes);

    /// <summary>Puts a record into a collection, or replaces one; for the user's application.</summary>
    /// <param name="collection">The collection's name; it need not exist before.</param>
    /// <param name="content">What to keep.</param>
    /// <param name="id">The record to replace; null for a new one.</param>
    /// <exception cref="SecureUserDataException"><see cref="ErrorCode.NotFound"/> when there is no record to replace,
    /// <see cref="ErrorCode.Invalid"/> when it breaks a limit or is not what its content type says.</exception>
    Task<RecordId> PutRecordAsync(string collection, RecordContent content, RecordId? id = null);

    /// <summary>Adds records to a collection in one step; for the user's application. Those whose id is there already
    /// stay as they are, so that it can be repeated after a crash or a lost answer. It adds all or none; only in a
    /// cluster may a call that was <see cref="ErrorCode.Unavailable"/> have added some, and repeating it adds the rest.
    /// </summary>
    /// <param name="collection">The collection's name; it need not exist before.</param>
    /// <param name="records">1 to <see cref="Limits.PageItems"/> records, no two under the same id, with at most
    /// <see cref="Limits.PageBytes"/> bytes of content together.</param>
    /// <returns>Which were added, in the order of their ids.</returns>
    /// <exception cref="SecureUserDataException"><see cref="ErrorCode.Invalid"/> when one breaks a limit or is not what
    /// its content type says, or all of them together do.</exception>
    Task<IReadOnlyList<RecordId>> AddRecordsAsync(string collection, IReadOnlyList<NewRecord> records);

    /// <summary>One of the user's own records; for the user. The reading is on record before it answers.</summary>
    Task<Record> GetRecordAsync(string collection, RecordId id);

    /// <summary>Deletes a record; for the user and the user's application.</summary>
    Task DeleteRecordAsync(string collection, RecordId id);

    /// <summary>Lists the user's own records of a collection, in the order of their ids; for the user. It is on record
    /// before it answers.</summary>
    Task<Page<RecordInfo>> ListRecordsAsync(string collection, string? cursor = null, int limit = 100);

    /// <summary>The names of the user's collections; for the user.</summary>
    Task<IReadOnlyList<string>> ListCollectionsAsync();

    /// <summary>Stops all reading by scripts until <see cref="ResumeAsync"/> (GDPR Art. 18); for the user.</summary>
    Task PauseAsync();

    /// <summary>Lets scripts read again what the user's decisions allow; for the user.</summary>
    Task ResumeAsync();

    /// <summary>The user's own chain of the access log, oldest first; for the user.</summary>
    /// <param name="after">The sequence number of the last entry already seen; 0 to begin.</param>
    /// <param name="limit">At most this many entries, 1 to <see cref="Limits.PageItems"/>.</param>
    Task<IReadOnlyList<AccessLogEntry>> ReadLogAsync(long after = 0, int limit = 100);

    /// <summary>The first part of an export (GDPR Art. 15 and 20); for the user. That everything is exported is on
    /// record before it answers. <see cref="SessionExtensions.ExportAsync"/> puts the parts together.</summary>
    Task<ExportedProfile> ExportProfileAsync();

    /// <summary>Records of a collection with their contents, in the order of their ids; for the user. It is on record
    /// before it answers.</summary>
    Task<Page<Record>> ExportRecordsAsync(string collection, string? cursor = null, int limit = 100);

    /// <summary>The user's own chain of the access log as it is stored, oldest first; for the user.</summary>
    /// <param name="after">The sequence number of the last entry already seen; 0 to begin.</param>
    /// <param name="limit">At most this many entries, 1 to <see cref="Limits.PageItems"/>.</param>
    Task<IReadOnlyList<ChainedLogEntry>> ExportLogAsync(long after = 0, int limit = 100);

    /// <summary>Takes the user's lost credential back and gives a new claim code; for operators, and on record in the
    /// user's own log.</summary>
    Task<Credential> ReissueCredentialAsync();
}

/// <summary>A new user.</summary>
/// <param name="Id">The user's id.</param>
/// <param name="ClaimCode">A one-time code with which the user claims the user's own credential; shown only
/// here.</param>
public sealed record CreatedUser(UserId Id, Credential ClaimCode);

/// <summary>A user's profile, as the user sees it.</summary>
/// <param name="Id">The user's id.</param>
/// <param name="App">The application that created the profile.</param>
/// <param name="Fields">All identifiable fields.</param>
/// <param name="CreatedAt">When the profile was created.</param>
/// <param name="ClaimedAt">When the credential was last claimed.</param>
/// <param name="Paused">Whether all reading by scripts is stopped.</param>
public sealed record UserProfile(
    UserId Id,
    AppId App,
    IReadOnlyDictionary<string, string> Fields,
    DateTimeOffset CreatedAt,
    DateTimeOffset? ClaimedAt,
    bool Paused);

/// <summary>An earlier value of a field.</summary>
/// <param name="Field">The field's name.</param>
/// <param name="Value">The value.</param>
/// <param name="SetAt">When it was last set.</param>
/// <param name="Until">When another one took its place.</param>
public sealed record FieldVersion(string Field, string Value, DateTimeOffset SetAt, DateTimeOffset Until);
