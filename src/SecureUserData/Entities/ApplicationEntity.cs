using System.Text.Json.Serialization.Metadata;
using SecureUserData.Applications;
using SecureUserData.Cryptography;
using SecureUserData.Ports;

namespace SecureUserData.Entities;

/// <summary>An entity whose state is sealed under its application's state key.</summary>
/// <typeparam name="TState">An immutable record.</typeparam>
public abstract class ApplicationEntity<TState> : Entity<TState>, IResealed where TState : class, IApplicationState
{
    private protected ApplicationEntity(
        IEntityId id, IStateSlot slot, IEntityContext context, DomainServices services, JsonTypeInfo<TState> format)
        : base(id, slot, context, services, format)
    {
    }

    /// <inheritdoc/>
    public async Task ResealAsync()
    {
        await UnloadAsync(); // what is left to write, which nobody asks for after RequestUnload
        Context.RequestUnload(); // a sweep does not fill the memory with everybody
        if (State is null) return;
        using var lease = await RentKeysAsync(State.App);
        if (SealedUnder != lease.Keys.State.CurrentVersion) await SaveAsync(State);
    }

    private protected ValueTask<KeyLease> RentKeysAsync(AppId app) => Services.Keyring.RentAsync(app, Context);

    /// <summary>The tags that the state is found by.</summary>
    private protected virtual IReadOnlyList<string> Tags(TState state) => [];

    private protected override async ValueTask<byte[]> OpenAsync(StoredState stored)
    {
        if (!AppId.TryParse(stored.Owner, out var app)) throw SecureUserDataException.Tampered($"the owner of {Name}");
        try
        {
            using var lease = await RentKeysAsync(app);
            return StateSeal.Of(lease.Keys).Open(Name, stored);
        }
        catch (SecureUserDataException e) when (e.Code == ErrorCode.NotFound)
        {
            throw SecureUserDataException.Tampered($"the application of {Name}");
        }
    }

    private protected override async ValueTask<StoredState> SealAsync(TState state, long version, byte[] plaintext)
    {
        using var lease = await RentKeysAsync(state.App);
        return StateSeal.Of(lease.Keys).Seal(Name, version, Tags(state), plaintext);
    }
}

/// <summary>A state that belongs to an application.</summary>
public interface IApplicationState
{
    /// <summary>The application.</summary>
    AppId App { get; }
}
