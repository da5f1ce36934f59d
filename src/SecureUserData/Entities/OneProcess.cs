using SecureUserData.Ports;

namespace SecureUserData.Entities;

/// <summary>An installation whose entities all run in this process.</summary>
internal sealed class OneProcess(DomainServices services) : IProcesses
{
    public int Count => 1;

    public Task ForgetKeysAsync(AppId app)
    {
        services.ForgetKeys(app);
        return Task.CompletedTask;
    }

    public Task<bool> AllHaveMasterKeyAsync(int version, string checkValue) =>
        Task.FromResult(services.HasMasterKey(version, checkValue));
}
