namespace SecureUserData.Ports;

/// <summary>Asks all processes that run entities of the installation, this one among them.</summary>
public interface IProcesses
{
    /// <summary>How many there are, as far as this one knows; at least 1.</summary>
    int Count { get; }

    /// <summary>Has every process let go of an application's unwrapped keys. When it returns, whoever rents the keys,
    /// in whatever process, gets those that were stored before it was called, or later ones.</summary>
    /// <param name="app">The application.</param>
    /// <exception cref="SecureUserDataException"><see cref="ErrorCode.Unavailable"/> when a process could not be asked:
    /// it may go on with what it has for as long as its keyring keeps it.</exception>
    Task ForgetKeysAsync(AppId app);

    /// <summary>Whether every process has a master key in its ring.</summary>
    /// <param name="version">The version.</param>
    /// <param name="checkValue">The check value of the key that is meant: under the same number, another process may
    /// have another key.</param>
    /// <exception cref="SecureUserDataException"><see cref="ErrorCode.Unavailable"/> when a process could not be asked.
    /// </exception>
    Task<bool> AllHaveMasterKeyAsync(int version, string checkValue);
}
