namespace SecureUserData;

/// <summary>Why a call was not carried out.</summary>
public enum ErrorCode
{
    /// <summary>The caller may not do this, or the user does not allow it.</summary>
    Denied = 1,

    /// <summary>There is nothing under this id, or it belongs to somebody else.</summary>
    NotFound = 2,

    /// <summary>What was there has been erased.</summary>
    Erased = 3,

    /// <summary>Something else was first: a unique value is taken, or what was read has changed since.</summary>
    Conflict = 4,

    /// <summary>The call itself is wrong: a name, a value or a limit.</summary>
    Invalid = 5,

    /// <summary>It cannot be done now; nothing was changed that is not on record.</summary>
    Unavailable = 6,

    /// <summary>What is stored is not what was stored: nothing was released.</summary>
    Tampered = 7,
}
