namespace SecureUserData;

/// <summary>Every limit, in one place.</summary>
public static class Limits
{
    /// <summary>Characters in the name of a field or a collection.</summary>
    public const int NameLength = 64;

    /// <summary>Characters in the name of an application or a script.</summary>
    public const int TitleLength = 120;

    /// <summary>Characters in a script's purpose, in a recipient and in a retention period.</summary>
    public const int TextLength = 1_000;

    /// <summary>Bytes in UTF-8 of one field's value.</summary>
    public const int FieldValueBytes = 64 * 1024;

    /// <summary>Fields of one user.</summary>
    public const int FieldsPerUser = 256;

    /// <summary>Bytes in UTF-8 of all field values of one user together.</summary>
    public const int ProfileBytes = 1024 * 1024;

    /// <summary>Earlier values that an application can have kept of each field.</summary>
    public const int FieldVersions = 100;

    /// <summary>Earlier values that are kept of each field where the application does not say how many.</summary>
    public const int UsualFieldVersions = 10;

    /// <summary>Bytes of all earlier values of one user together, sealed; beyond it the oldest leave first.</summary>
    public const int HistoryBytes = 1024 * 1024;

    /// <summary>Bytes of one record's content.</summary>
    public const int RecordBytes = 1024 * 1024;

    /// <summary>Characters of a content type.</summary>
    public const int ContentTypeLength = 127;

    /// <summary>Items of one page or batch.</summary>
    public const int PageItems = 1_000;

    /// <summary>Bytes of one page or batch.</summary>
    public const int PageBytes = 8 * 1024 * 1024;

    /// <summary>Fields, or collections, in the scope of a script, and indexed fields of an application.</summary>
    public const int ScopeItems = 256;

    /// <summary>Days of a retention: a hundred years.</summary>
    public const int RetentionDays = 36_525;

    /// <summary>Runs of a rotation that are kept in its history; the access log keeps them all.</summary>
    public const int RotationsKept = 100;

    /// <summary>Seconds that a follower waits in one call: less than any call may take.</summary>
    public const int FollowSeconds = 20;

    /// <summary>Recipients of a script.</summary>
    public const int Recipients = 32;

    /// <summary>Scripts of one application.</summary>
    public const int ScriptsPerApplication = 1_000;

    /// <summary>Versions of one script.</summary>
    public const int VersionsPerScript = 1_000;

    /// <summary>Decisions that a consent keeps in its history; the access log keeps them all.</summary>
    public const int ConsentHistory = 100;
}
