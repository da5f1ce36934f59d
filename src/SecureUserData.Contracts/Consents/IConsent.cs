namespace SecureUserData;

/// <summary>The firewall between one user and one script: the user decides, the script reads.</summary>
public interface IConsent : IEntity
{
    /// <summary>The decision with the notice it is about; for the user.</summary>
    Task<ConsentView> GetAsync();

    /// <summary>Allows the script to read; for the user.</summary>
    /// <exception cref="SecureUserDataException"><see cref="ErrorCode.Conflict"/> when the script has changed since the
    /// notice was read, <see cref="ErrorCode.Invalid"/> when the grant is wider than the script asks.</exception>
    Task<ConsentView> GiveAsync(ConsentGrant grant);

    /// <summary>Refuses the script; for the user.</summary>
    Task<ConsentView> RefuseAsync();

    /// <summary>Takes a given consent back, as easily as it was given (GDPR Art. 7 (3)); for the user.</summary>
    /// <exception cref="SecureUserDataException"><see cref="ErrorCode.Conflict"/> when none is given.</exception>
    Task<ConsentView> WithdrawAsync();

    /// <summary>Reads what the user allows; for the script. It is on record, durably, before anything is
    /// decrypted.</summary>
    /// <exception cref="SecureUserDataException"><see cref="ErrorCode.Denied"/> when the user does not allow it, or not
    /// all of it; the refusal is on record too.</exception>
    Task<Reading> ReadAsync(Selection selection);
}

/// <summary>What a user allows.</summary>
/// <param name="Notice">The <see cref="ScriptView.Notice"/> that the user has seen.</param>
public sealed record ConsentGrant(string Notice)
{
    /// <summary>Only these of the script's fields; null for all it asks for.</summary>
    public IReadOnlyList<string>? Fields { get; init; }

    /// <summary>Only these of the script's collections; null for all it asks for.</summary>
    public IReadOnlyList<string>? Collections { get; init; }

    /// <summary>Until when; null until withdrawn.</summary>
    public DateTimeOffset? Expires { get; init; }

    /// <summary>In what capacity the decision is made.</summary>
    public ConsentCapacity Capacity { get; init; } = ConsentCapacity.DataSubject;
}

/// <summary>In what capacity somebody decides.</summary>
public enum ConsentCapacity
{
    /// <summary>For themselves.</summary>
    DataSubject = 1,

    /// <summary>As the parent or guardian of a child (GDPR Art. 8).</summary>
    ParentOrGuardian = 2,

    /// <summary>As another legal representative.</summary>
    LegalRepresentative = 3,
}

/// <summary>The states of a consent, as in the W3C Data Privacy Vocabulary (DPV, ConsentStatus). Only
/// <see cref="Given"/> lets a script read.</summary>
public enum ConsentStatus
{
    /// <summary>Asked for and not decided.</summary>
    Requested = 1,

    /// <summary>Allowed.</summary>
    Given = 2,

    /// <summary>Not allowed.</summary>
    Refused = 3,

    /// <summary>Allowed once and taken back.</summary>
    Withdrawn = 4,

    /// <summary>Allowed until a time that has passed.</summary>
    Expired = 5,

    /// <summary>Decided over a version of the script that is no longer in force.</summary>
    Invalidated = 6,
}

/// <summary>One decision.</summary>
/// <param name="Status">What was decided.</param>
/// <param name="ScriptVersion">On which version of the script.</param>
/// <param name="Notice">Over which notice (<see cref="ScriptView.Notice"/>).</param>
/// <param name="Fields">The fields that may be read.</param>
/// <param name="Collections">The collections that may be read.</param>
/// <param name="Capacity">In what capacity it was decided.</param>
/// <param name="At">When.</param>
/// <param name="Expires">Until when; null until withdrawn.</param>
/// <param name="Sequence">Its entry in the user's chain of the access log.</param>
public sealed record ConsentDecision(
    ConsentStatus Status,
    int ScriptVersion,
    string Notice,
    IReadOnlyList<string> Fields,
    IReadOnlyList<string> Collections,
    ConsentCapacity Capacity,
    DateTimeOffset At,
    DateTimeOffset? Expires,
    long Sequence)
{
    /// <summary>The fields among them that are read masked; null when all are read whole.</summary>
    public IReadOnlyDictionary<string, FieldMask>? Masks { get; init; }
}

/// <summary>A consent, as the user sees it.</summary>
/// <param name="Id">The user and the script.</param>
/// <param name="Status">The state at this moment.</param>
/// <param name="Script">What the script asks, in the version in force.</param>
/// <param name="Decision">The decision in force or the last one; null while Requested.</param>
/// <param name="History">All decisions kept, oldest first.</param>
public sealed record ConsentView(
    ConsentId Id,
    ConsentStatus Status,
    ScriptView Script,
    ConsentDecision? Decision,
    IReadOnlyList<ConsentDecision> History);

/// <summary>What a script wants to read in one call.</summary>
public sealed record Selection
{
    /// <summary>The fields.</summary>
    public IReadOnlyList<string> Fields { get; init; } = [];

    /// <summary>A collection of records; null for none.</summary>
    public string? Collection { get; init; }

    /// <summary>Where to go on in the collection; null to begin.</summary>
    public string? Cursor { get; init; }

    /// <summary>At most this many records, 1 to <see cref="Limits.PageItems"/>.</summary>
    public int Limit { get; init; } = 100;
}

/// <summary>What a script has read.</summary>
/// <param name="Fields">The values of the selected fields, masked where the user decided on a mask; a field the user
/// does not have, or that cannot be masked so, is left out.</param>
/// <param name="Records">A page of the selected collection; null when none was selected.</param>
public sealed record Reading(IReadOnlyDictionary<string, string> Fields, Page<Record>? Records);
