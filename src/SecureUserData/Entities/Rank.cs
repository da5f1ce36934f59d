namespace SecureUserData.Entities;

/// <summary>Calls go from a lower number to a higher one only, so that one call at a time cannot deadlock.</summary>
public enum Rank
{
    /// <summary>Who follows what happens; nobody calls them.</summary>
    Following = 0,

    /// <summary>Rotations.</summary>
    Rotation = 1,

    /// <summary>The parts that a rotation's sweep is divided into.</summary>
    Sweep = 2,

    /// <summary>What goes over many: the installation, overviews, erasures.</summary>
    Overview = 3,

    /// <summary>Consents.</summary>
    Consent = 4,

    /// <summary>Scripts, users, and the look-ups of users.</summary>
    Subject = 5,

    /// <summary>Applications.</summary>
    Application = 6,
}
