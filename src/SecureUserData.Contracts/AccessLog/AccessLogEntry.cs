namespace SecureUserData;

/// <summary>What an entry of the access log is about. The numbers are stored and never change.</summary>
public enum Activity
{
    /// <summary>An entry that was emptied when its retention was over: it has its number and nothing else, neither
    /// time nor actor. An entry <see cref="LogExpired"/> says which ones were.</summary>
    Expired = 0,

    /// <summary>An application was registered.</summary>
    ApplicationRegistered = 2,

    /// <summary>A script was registered.</summary>
    ScriptRegistered = 3,

    /// <summary>A new version of a script was registered.</summary>
    ScriptVersionAdded = 4,

    /// <summary>A user was looked up by an indexed field.</summary>
    UserLookedUp = 5,

    /// <summary>A user was created.</summary>
    UserCreated = 10,

    /// <summary>The user's credential was claimed.</summary>
    CredentialClaimed = 11,

    /// <summary>A claim was refused: the code was wrong or used before.</summary>
    ClaimRefused = 12,

    /// <summary>An operator took the credential back and made a new claim code.</summary>
    CredentialReissued = 13,

    /// <summary>Fields were set or removed.</summary>
    FieldsSet = 14,

    /// <summary>The user read the user's own data.</summary>
    OwnDataRead = 15,

    /// <summary>A record was put.</summary>
    RecordPut = 16,

    /// <summary>A record was deleted.</summary>
    RecordDeleted = 17,

    /// <summary>The user stopped all reading by scripts.</summary>
    ProcessingPaused = 18,

    /// <summary>The user let scripts read again.</summary>
    ProcessingResumed = 19,

    /// <summary>A decision on a consent.</summary>
    ConsentDecided = 20,

    /// <summary>A script read data.</summary>
    DataRead = 21,

    /// <summary>A script was refused.</summary>
    ReadRefused = 22,

    /// <summary>An earlier entry announced a change that a failure prevented.</summary>
    NotApplied = 23,

    /// <summary>The user's data was erased.</summary>
    UserErased = 24,

    /// <summary>The user exported the user's own data.</summary>
    DataExported = 25,

    /// <summary>Data whose retention was over was erased.</summary>
    RetentionApplied = 26,

    /// <summary>Entries of the log whose retention was over were emptied.</summary>
    LogExpired = 27,

    /// <summary>An application changed how long its users' data is kept.</summary>
    RetentionChanged = 28,

    /// <summary>A new version of a key was made, and everything begins to be moved to it.</summary>
    KeyRotationStarted = 29,

    /// <summary>Everything is under the new version of a key; the old one is destroyed.</summary>
    KeyRotationFinished = 30,

    /// <summary>A rotation was ended before it had moved everything.</summary>
    KeyRotationCancelled = 31,

    /// <summary>The user has a new key, and everything of the user's is encrypted again.</summary>
    UserKeyRotated = 32,

    /// <summary>Look-ups go by the new version of the index key.</summary>
    IndexKeySwitched = 33,

    /// <summary>Another schedule of rotations was set.</summary>
    RotationScheduleChanged = 34,

    /// <summary>Old versions of a key were destroyed: what is under them alone is unreadable.</summary>
    KeyVersionDestroyed = 35,

    /// <summary>The installation was restored from a backup: what came after the backup is lost, but for erasures.
    /// </summary>
    BackupRestored = 45,

    /// <summary>Users or groups of a vault were changed by an act; the names say which.</summary>
    VaultChanged = 50,

    /// <summary>A group's private keys, sealed to a member, were handed out to the member.</summary>
    VaultKeyHandedOut = 51,

    /// <summary>A group's private keys were sealed to members who waited for them.</summary>
    VaultKeyHandedOn = 52,

    /// <summary>A customer, machine or service of a vault was changed.</summary>
    VaultItemChanged = 53,

    /// <summary>A secret or notes, sealed to groups, were handed out to a member of one.</summary>
    VaultTextHandedOut = 54,
}

/// <summary>One entry of the access log.</summary>
/// <param name="Chain">Whose chain: a user, an application, a part of its look-ups or the installation.</param>
/// <param name="Sequence">Its number in the chain, from 1 without gaps.</param>
/// <param name="At">When.</param>
/// <param name="Actor">Who did it: the text of an id.</param>
/// <param name="Activity">What it is about.</param>
/// <param name="Names">What was read or changed: names, never values.</param>
/// <param name="ScriptVersion">The script's version, where a script is concerned.</param>
/// <param name="Purpose">For what purpose a script reads.</param>
/// <param name="Reason">Why it was refused.</param>
/// <param name="Count">How many equal acts this entry stands for.</param>
/// <param name="Decision">The decision, where one was made.</param>
public sealed record AccessLogEntry(
    string Chain,
    long Sequence,
    DateTimeOffset At,
    string Actor,
    Activity Activity,
    IReadOnlyList<string> Names,
    int? ScriptVersion,
    string? Purpose,
    string? Reason,
    int Count,
    ConsentDecision? Decision);
