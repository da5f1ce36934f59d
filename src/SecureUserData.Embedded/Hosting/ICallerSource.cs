using SecureUserData.Access;

namespace SecureUserData.Embedded.Hosting;

/// <summary>Who calls through a reference.</summary>
internal interface ICallerSource
{
    /// <summary>The caller; null when the credential must be checked again first.</summary>
    Caller? Current { get; }

    /// <summary>The caller, after checking the credential again.</summary>
    Task<Caller> RenewAsync();
}
