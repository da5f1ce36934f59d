using SecureUserData.Applications;
using SecureUserData.Cryptography;

namespace SecureUserData.Faults.Tests.Properties;

/// <summary>Keys of an installation that has no storage.</summary>
internal static class InstallationOfNobody
{
    internal static InstallationKeys Keys() => new(new InstallationState
    {
        CredentialKey = Enumerable.Repeat((byte)1, SecretKey.Length).ToArray(),
        BatchKey = Enumerable.Repeat((byte)2, SecretKey.Length).ToArray(),
        LogKey = Enumerable.Repeat((byte)3, SecretKey.Length).ToArray(),
        CreatedAt = new DateTimeOffset(2026, 1, 5, 9, 0, 0, TimeSpan.Zero),
        Operators = [],
        Applications = [],
    });
}
