using System.Runtime.CompilerServices;
using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using SecureUserData.Cryptography;
using SecureUserData.Entities;
using SecureUserData.Ports;

namespace SecureUserData.Erasures;

/// <summary>Erasures as they are stored in some data: none is activated to be looked at.</summary>
/// <param name="services">The services over the data.</param>
/// <param name="context">The way to applications' keys.</param>
internal sealed class StoredErasures(DomainServices services, IEntityContext context)
{
    private const int AtOnce = 1_000;

    /// <summary>All that there are, by page.</summary>
    internal async IAsyncEnumerable<IReadOnlyList<(UserId User, StoredState State)>> PagesAsync(
        [EnumeratorCancellation] CancellationToken cancellation)
    {
        string? after = null;
        while (await services.Ports.States.ListAsync(ErasureId.Prefix, after, AtOnce) is { Count: > 0 } page)
        {
            cancellation.ThrowIfCancellationRequested();
            after = page[^1].Id;
            var erasures = new List<(UserId, StoredState)>();
            foreach (var (id, state) in page)
                if (ErasureId.TryParse(id, out var erasure)) erasures.Add((erasure.User, state));
            yield return erasures;
        }
    }

    /// <summary>The certificate; null when there is none yet, and when the state does not authenticate: whoever asks
    /// for that one is told, and nobody else is kept from the data by it.</summary>
    internal async Task<string?> CertificateAsync(UserId user, StoredState stored) =>
        (await TryOpenAsync(new ErasureId(user).ToString(), stored, StateJson.Default.ErasureState))?.Certificate;

    /// <summary>Those of the users who are there and have no certificate of their erasure there.</summary>
    internal async Task<IReadOnlyList<UserId>> UnfinishedAsync(IEnumerable<UserId> users)
    {
        var found = new List<UserId>();
        foreach (var user in users)
            if (await services.Ports.Slot(user.ToString()).LoadAsync() is not null && !await IsFinishedAsync(user))
                found.Add(user);
        return found;
    }

    /// <summary>Those of the users whose keys are there: the others', whatever is left of them, nobody can read. Nor
    /// what does not authenticate.</summary>
    internal async Task<IReadOnlyList<UserId>> ReadableAsync(IEnumerable<UserId> users)
    {
        var found = new List<UserId>();
        foreach (var user in users)
            if (await services.Ports.Slot(user.ToString()).LoadAsync() is { } stored
                && await TryOpenAsync(user.ToString(), stored, StateJson.Default.UserState) is { Erased: null })
                found.Add(user);
        return found;
    }

    private async Task<bool> IsFinishedAsync(UserId user) =>
        await services.Ports.Slot(new ErasureId(user).ToString()).LoadAsync() is { } stored
        && await CertificateAsync(user, stored) is not null;

    /// <summary>What is stored; null when it does not authenticate. Keys that were at hand may be older than the state:
    /// both are loaded once more before that is said.</summary>
    private async Task<T?> TryOpenAsync<T>(string name, StoredState stored, JsonTypeInfo<T> format) where T : class
    {
        try
        {
            return await OpenAsync(name, stored, format);
        }
        catch (SecureUserDataException e) when (e.Code is ErrorCode.Tampered or ErrorCode.NotFound)
        {
            if (AppId.TryParse(stored.Owner, out var app)) services.Keyring.Forget(app);
        }
        try
        {
            return await services.Ports.Slot(name).LoadAsync() is { } again
                ? await OpenAsync(name, again, format)
                : null;
        }
        catch (SecureUserDataException e) when (e.Code is ErrorCode.Tampered or ErrorCode.NotFound)
        {
            return null;
        }
    }

    private async Task<T> OpenAsync<T>(string name, StoredState stored, JsonTypeInfo<T> format)
    {
        if (!AppId.TryParse(stored.Owner, out var app)) throw SecureUserDataException.Tampered($"the owner of {name}");
        using var lease = await services.Keyring.RentAsync(app, context);
        var plaintext = StateSeal.Of(lease.Keys).Open(name, stored);
        try
        {
            return JsonSerializer.Deserialize(plaintext, format)!;
        }
        finally
        {
            CryptographicOperations.ZeroMemory(plaintext);
        }
    }
}
