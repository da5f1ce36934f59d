namespace SecureUserData;

/// <summary>The kinds of keys that are rotated. The numbers are stored and never change.</summary>
public enum KeyKind
{
    /// <summary>The master key, which wraps the applications' keys.</summary>
    Master = 0,

    /// <summary>An application's key, which wraps its users' keys and its other keys.</summary>
    Application = 1,

    /// <summary>The users' own keys, which fields and records are encrypted under.</summary>
    User = 2,

    /// <summary>An application's index key, which look-ups and unique values go by.</summary>
    Index = 3,

    /// <summary>An application's log key. Earlier versions stay, because entries are verified with the version that
    /// they were made with.</summary>
    Log = 4,

    /// <summary>An application's state key, which the stored states of its users, scripts and consents are sealed
    /// under.</summary>
    State = 5,
}
