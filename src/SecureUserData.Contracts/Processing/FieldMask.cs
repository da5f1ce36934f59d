namespace SecureUserData;

/// <summary>How much of a field a script gets that asks for less than all of it. What cannot be masked so is left out.
/// The numbers are stored and never change.</summary>
public enum FieldMask
{
    /// <summary>"…" and the last four characters as people count them (grapheme clusters, Unicode UAX #29), but never
    /// more than half of them.</summary>
    LastFour = 1,

    /// <summary>The first character and a full stop.</summary>
    Initial = 2,

    /// <summary>The year of a date.</summary>
    Year = 3,

    /// <summary>What follows the @ of an e-mail address.</summary>
    EmailDomain = 4,
}

/// <summary>The short words for masks, as in <c>soc_sec_id:last4</c>.</summary>
public static class FieldMaskWords
{
    /// <summary>The word that stands for the mask in the access log and in a notice.</summary>
    public static string Word(this FieldMask mask) => mask switch
    {
        FieldMask.LastFour => "last4",
        FieldMask.Initial => "initial",
        FieldMask.Year => "year",
        FieldMask.EmailDomain => "domain",
    };
}
