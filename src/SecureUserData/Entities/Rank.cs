namespace SecureUserData.Entities;

/// <summary>Calls go from a lower number to a higher one only, so that one call at a time cannot deadlock.</summary>
public enum Rank
{
    /// <summary>What goes over many: the installation, overviews, erasures.</summary>
    Overview = 1,

    /// <summary>Consents.</summary>
    Consent = 2,

    /// <summary>Scripts and users.</summary>
    Subject = 3,

    /// <summary>Applications.</summary>
    Application = 4,
}
