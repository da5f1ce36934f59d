using System.Security.Cryptography;
using SecureUserData.Applications;
using SecureUserData.Cryptography;
using SecureUserData.Entities;
using SecureUserData.Ports;

namespace SecureUserData.Backups;

/// <summary>Verifies that stored states authenticate, whatever entity they are of, and takes note of the key versions
/// that they need.</summary>
internal sealed class StateVerification(DomainServices services, StoredApplications applications)
{
    /// <summary>The versions of the master key without which a state or an application's key does not open.</summary>
    internal SortedSet<int> MasterVersions { get; } = [];

    /// <summary>The versions of each application's own key.</summary>
    internal SortedDictionary<string, IReadOnlyList<int>> ApplicationVersions { get; } = new(StringComparer.Ordinal);

    /// <exception cref="SecureUserDataException"><see cref="ErrorCode.Tampered"/> when it does not authenticate.
    /// </exception>
    internal async Task CheckAsync(string entity, StoredState stored)
    {
        try
        {
            CryptographicOperations.ZeroMemory(await OpenAsync(entity, stored));
        }
        catch (SecureUserDataException e) when (e.Code is ErrorCode.Tampered or ErrorCode.NotFound)
        {
            throw SecureUserDataException.Tampered($"the state of {entity}"); // the place, whatever is wrong with it
        }
    }

    private async Task<byte[]> OpenAsync(string entity, StoredState stored)
    {
        if (AppId.TryParse(stored.Owner, out var owner))
        {
            using var lease = await services.Keyring.RentAsync(owner, applications);
            return StateSeal.Of(lease.Keys).Open(entity, stored);
        }
        var plaintext = StateSeal.Of(services.Masters).Open(entity, stored);
        MasterVersions.Add(Envelope.KeyVersion(stored.Body));
        if (AppId.TryParse(entity, out var app)) Note(app, (await applications.StateAsync(app)).Keys);
        return plaintext;
    }

    private void Note(AppId app, WrappedKeys keys)
    {
        var own = keys.Keys.Where(key => key.Purpose == WrappedKeys.Application).ToList();
        foreach (var key in own) MasterVersions.Add(Envelope.KeyVersion(key.Envelope));
        ApplicationVersions[app.ToString()] = [.. own.Select(key => key.Version).Order()];
    }
}
