using SecureUserData.Entities;
using SecureUserData.Ports;

namespace SecureUserData.Tests.Hosting;

/// <summary>This process, and another one that may be out of reach or lack a master key.</summary>
internal sealed class FakeProcesses : IProcesses
{
    internal DomainServices Services { get; set; } = null!;

    /// <summary>How often the keys were forgotten everywhere.</summary>
    internal int Forgotten { get; private set; }

    /// <summary>So many times they are, and then the other process is out of reach.</summary>
    internal int FailsAfter { get; set; } = int.MaxValue;

    internal bool HasMasterKey { get; set; } = true;

    /// <summary>Runs before the processes are asked.</summary>
    internal Func<Task> Asking { get; set; } = () => Task.CompletedTask;

    public int Count { get; set; } = 2;

    public async Task ForgetKeysAsync(AppId app)
    {
        await Asking();
        Services.ForgetKeys(app); // it is this process that cannot reach the other one
        if (Forgotten == FailsAfter) throw SecureUserDataException.Unavailable("A process does not answer.");
        Forgotten++;
    }

    public Task<bool> AllHaveMasterKeyAsync(int version, string checkValue) =>
        Task.FromResult(HasMasterKey && Services.HasMasterKey(version, checkValue));
}
