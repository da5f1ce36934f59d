namespace SecureUserData;

/// <summary>A data-processing script: what it wants, why, and in which version.</summary>
public interface IScript : IEntity
{
    /// <summary>Registers the script under a fresh id; for applications. Its credential is shown only in this answer.
    /// Every user of the application sees it at once as Requested.</summary>
    /// <exception cref="SecureUserDataException"><see cref="ErrorCode.Invalid"/> when a text breaks a
    /// limit.</exception>
    Task<RegisteredScript> RegisterAsync(ScriptText text);

    /// <summary>Registers a new version; for the script's application. Unless it does nothing but narrow the scope,
    /// earlier decisions become Invalidated.</summary>
    /// <returns>The number of the new version.</returns>
    Task<int> AddVersionAsync(ScriptText text);

    /// <summary>The version in force; for the script, its application and the users of that application.</summary>
    Task<ScriptView> GetAsync();
}

/// <summary>What a script tells the users it asks.</summary>
/// <param name="Name">Its name; at most <see cref="Limits.TitleLength"/> characters.</param>
/// <param name="Purpose">What the data is used for; at most <see cref="Limits.TextLength"/> characters.</param>
/// <param name="LegalBasis">The basis in law that the controller claims. It never replaces the user's decision.</param>
public sealed record ScriptText(string Name, string Purpose, LegalBasis LegalBasis)
{
    /// <summary>The identifiable fields it wants to read.</summary>
    public IReadOnlyList<string> Fields { get; init; } = [];

    /// <summary>The fields among them of which it wants less than all.</summary>
    public IReadOnlyDictionary<string, FieldMask> Masks { get; init; } = new Dictionary<string, FieldMask>();

    /// <summary>The collections of owned records it wants to read.</summary>
    public IReadOnlyList<string> Collections { get; init; } = [];

    /// <summary>Who receives the data.</summary>
    public IReadOnlyList<string> Recipients { get; init; } = [];

    /// <summary>How long what is read is kept, in words or as an ISO 8601 duration, such as <c>P30D</c>.</summary>
    public string Retention { get; init; } = "not kept";
}

/// <summary>The lawful bases of GDPR Art. 6 (1), a to f.</summary>
public enum LegalBasis
{
    /// <summary>The data subject has given consent.</summary>
    Consent = 1,

    /// <summary>Needed for a contract with the data subject.</summary>
    Contract = 2,

    /// <summary>Needed to comply with a legal obligation.</summary>
    LegalObligation = 3,

    /// <summary>Needed to protect someone's life.</summary>
    VitalInterests = 4,

    /// <summary>Needed for a task in the public interest.</summary>
    PublicTask = 5,

    /// <summary>Needed for legitimate interests that the data subject's do not override.</summary>
    LegitimateInterests = 6,
}

/// <summary>A new script.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Credential">Its credential, shown only here.</param>
public sealed record RegisteredScript(ScriptId Id, Credential Credential);

/// <summary>One version of a script.</summary>
/// <param name="Id">The script's id.</param>
/// <param name="App">The application it belongs to.</param>
/// <param name="Version">The version, from 1.</param>
/// <param name="Text">What it tells the users.</param>
/// <param name="Notice">The SHA-256 of the version's text and scope, in base64url: what a decision is about.</param>
/// <param name="RegisteredAt">When this version was registered.</param>
public sealed record ScriptView(
    ScriptId Id, AppId App, int Version, ScriptText Text, string Notice, DateTimeOffset RegisteredAt);
