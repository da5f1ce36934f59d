using SecureUserData.Applications;
using SecureUserData.Cryptography;
using SecureUserData.Ports;

namespace SecureUserData.Entities;

/// <summary>What all entities of a process share: the ports of their engine, and the keys above them.</summary>
public sealed class DomainServices : IDisposable
{
    /// <summary>The services of one process.</summary>
    /// <param name="masters">The master key ring.</param>
    /// <param name="installation">The installation's own keys.</param>
    /// <param name="ports">The engine's ports.</param>
    /// <param name="time">The clock.</param>
    public DomainServices(IMasterKeyRing masters, InstallationKeys installation, IPorts ports, TimeProvider time)
    {
        Masters = masters;
        Installation = installation;
        Ports = ports;
        Time = time;
        Keyring = new Keyring(masters, time);
    }

    internal IMasterKeyRing Masters { get; }

    internal InstallationKeys Installation { get; }

    internal IPorts Ports { get; }

    internal TimeProvider Time { get; }

    internal Keyring Keyring { get; }

    /// <inheritdoc/>
    public void Dispose() => Keyring.Dispose();
}
