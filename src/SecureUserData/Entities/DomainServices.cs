using SecureUserData.Applications;
using SecureUserData.Cryptography;
using SecureUserData.Following;
using SecureUserData.Ports;
using SecureUserData.Vault.Ledger;

namespace SecureUserData.Entities;

/// <summary>What all entities of a process share: the ports of their engine, and the keys above them.</summary>
public sealed class DomainServices : IDisposable
{
    /// <summary>The services of one process.</summary>
    /// <param name="masters">The master key ring.</param>
    /// <param name="installation">The installation's own keys.</param>
    /// <param name="ports">The engine's ports.</param>
    /// <param name="time">The clock.</param>
    /// <param name="processes">All processes that run entities of the installation; null when this is the only
    /// one.</param>
    /// <param name="news">Tells what happens in all processes; null when this is the only one.</param>
    public DomainServices(
        IMasterKeyRing masters,
        InstallationKeys installation,
        IPorts ports,
        TimeProvider time,
        IProcesses? processes = null,
        INews? news = null)
    {
        Masters = masters;
        Installation = installation;
        Ports = ports;
        Time = time;
        Keyring = new Keyring(masters, time);
        Processes = processes ?? new OneProcess(this);
        News = news ?? new ProcessNews(time);
    }

    internal IMasterKeyRing Masters { get; }

    internal InstallationKeys Installation { get; }

    internal IPorts Ports { get; }

    internal TimeProvider Time { get; }

    internal Keyring Keyring { get; }

    internal IProcesses Processes { get; }

    internal INews News { get; }

    /// <summary>Verifies what users of vaults sign.</summary>
    internal Signatures Signatures { get; } = new();

    /// <summary>Lets those who wait for something to happen return: the process is about to stop.</summary>
    public void EndWaiting() => News.EndWaiting();

    /// <summary>Does this process's part of <see cref="IProcesses.ForgetKeysAsync"/>.</summary>
    /// <param name="app">The application.</param>
    public void ForgetKeys(AppId app) => Keyring.Forget(app);

    /// <summary>Does this process's part of <see cref="IProcesses.AllHaveMasterKeyAsync"/>.</summary>
    /// <param name="version">The version.</param>
    /// <param name="checkValue">The check value of the key that is meant.</param>
    public bool HasMasterKey(int version, string checkValue) =>
        Masters.Versions.Contains(version) && Masters.CheckValue(version) == checkValue;

    /// <inheritdoc/>
    public void Dispose() => Keyring.Dispose();
}
