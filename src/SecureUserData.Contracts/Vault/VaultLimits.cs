namespace SecureUserData.Vault;

/// <summary>The limits of a vault.</summary>
public static class VaultLimits
{
    /// <summary>How long an invited user has to set up, where nobody says otherwise.</summary>
    public static readonly TimeSpan SetUpTime = TimeSpan.FromSeconds(300);

    /// <summary>How long the first administrator has.</summary>
    public static readonly TimeSpan FoundingTime = TimeSpan.FromSeconds(900);

    /// <summary>The longest time to set up that an administrator may give.</summary>
    public static readonly TimeSpan LongestSetUpTime = TimeSpan.FromDays(7);

    /// <summary>How long a challenge may be answered.</summary>
    public static readonly TimeSpan ChallengeTime = TimeSpan.FromSeconds(15);

    /// <summary>By how much a signer's clock may differ from the server's.</summary>
    public static readonly TimeSpan ClockTolerance = TimeSpan.FromMinutes(5);

    /// <summary>Bytes of a secret or of notes.</summary>
    public const int SecretBytes = 16 * 1024;

    /// <summary>Versions of a secret that are kept.</summary>
    public const int SecretVersions = 10;

    /// <summary>Groups of an item, and entries of its metadata.</summary>
    public const int Links = 64;

    /// <summary>Bytes of something that is signed.</summary>
    public const int SignedBytes = 32 * 1024;
}
