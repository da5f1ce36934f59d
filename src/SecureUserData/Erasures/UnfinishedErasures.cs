using System.Security.Cryptography;
using System.Text.Json;
using SecureUserData.Cryptography;
using SecureUserData.Entities;

namespace SecureUserData.Erasures;

/// <summary>Who is not erased in some data, or not wholly, as it is stored there.</summary>
/// <param name="services">The services over the data.</param>
/// <param name="context">The way to applications' keys.</param>
internal sealed class UnfinishedErasures(DomainServices services, IEntityContext context)
{
    /// <summary>Those of the users who are there and have no certificate of their erasure there.</summary>
    internal async Task<IReadOnlyList<UserId>> AmongAsync(IEnumerable<UserId> users)
    {
        var found = new List<UserId>();
        foreach (var user in users)
            if (await services.Ports.Slot(user.ToString()).LoadAsync() is not null && !await IsFinishedAsync(user))
                found.Add(user);
        return found;
    }

    private async Task<bool> IsFinishedAsync(UserId user)
    {
        var name = new ErasureId(user).ToString();
        if (await services.Ports.Slot(name).LoadAsync() is not { } stored) return false;
        if (!AppId.TryParse(stored.Owner, out var app)) throw SecureUserDataException.Tampered($"the owner of {name}");
        using var lease = await services.Keyring.RentAsync(app, context);
        var plaintext = StateSeal.Of(lease.Keys).Open(name, stored);
        var state = JsonSerializer.Deserialize(plaintext, StateJson.Default.ErasureState)!;
        CryptographicOperations.ZeroMemory(plaintext);
        return state.Certificate is not null;
    }
}
