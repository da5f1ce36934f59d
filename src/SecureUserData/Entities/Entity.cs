using System.Text.Json.Serialization.Metadata;
using SecureUserData.Access;
using SecureUserData.Ports;

namespace SecureUserData.Entities;

/// <summary>An activation of an entity, as its engine drives it: activate, calls one at a time, unload.</summary>
public interface IActivation : IDisposable
{
    /// <summary>Loads the state; runs before the first call.</summary>
    Task ActivateAsync();

    /// <summary>Writes what is left to write; runs after the last call, unless the entity asked to be unloaded, and
    /// before <see cref="IDisposable.Dispose"/>, which zeroes keys.</summary>
    Task UnloadAsync();

    /// <summary>Runs when a wake-up that the entity asked for is due.</summary>
    Task WakeAsync();
}

/// <summary>The base of every entity: an identity, and a state that is replaced only when it has been stored, so that
/// memory never runs ahead of the disk and a refusal costs no reload.</summary>
/// <typeparam name="TState">An immutable record.</typeparam>
public abstract class Entity<TState> : IActivation where TState : class
{
    private readonly IStateSlot _slot;
    private readonly JsonTypeInfo<TState> _format;
    private long _version;

    private protected Entity(
        IEntityId id, IStateSlot slot, IEntityContext context, DomainServices services, JsonTypeInfo<TState> format)
    {
        Name = id.ToString()!;
        Context = context;
        Services = services;
        _slot = slot;
        _format = format;
    }

    /// <summary>The text of the entity's id.</summary>
    private protected string Name { get; }

    private protected IEntityContext Context { get; }

    private protected DomainServices Services { get; }

    private protected Caller Caller => Context.Caller;

    private protected DateTimeOffset Now => Services.Time.GetUtcNow();

    /// <summary>What is stored; null before the first save.</summary>
    private protected TState? State { get; private set; }

    /// <summary>The version of the key that seals what is stored; 0 before the first save.</summary>
    private protected int SealedUnder { get; private set; }

    /// <inheritdoc/>
    public virtual async Task ActivateAsync()
    {
        if (await _slot.LoadAsync() is not { } stored) return;
        var plaintext = await OpenAsync(stored);
        State = System.Text.Json.JsonSerializer.Deserialize(plaintext, _format)!;
        System.Security.Cryptography.CryptographicOperations.ZeroMemory(plaintext);
        _version = stored.Version;
        SealedUnder = Cryptography.Envelope.KeyVersion(stored.Body);
    }

    /// <inheritdoc/>
    public virtual Task UnloadAsync() => Task.CompletedTask;

    /// <inheritdoc/>
    public virtual Task WakeAsync() => Task.CompletedTask;

    /// <inheritdoc/>
    public virtual void Dispose() => GC.SuppressFinalize(this);

    /// <summary>Opens a stored state with the key of its owner.</summary>
    private protected abstract ValueTask<byte[]> OpenAsync(StoredState stored);

    private protected abstract ValueTask<StoredState> SealAsync(TState state, long version, byte[] plaintext);

    /// <summary>Stores the next state, and only then makes it the state. After a failure the activation is unloaded,
    /// since nobody knows what is on the disk.</summary>
    private protected async Task SaveAsync(TState next, LogRow? announcement = null)
    {
        await UnloadIfFails(StoreAsync(next, announcement));
        State = next;
        _version++;
    }

    /// <summary>What changes nothing has no fence: before an activation says that there is nothing to do, or that
    /// something was tampered with, it asks whether it is only behind another one.</summary>
    /// <exception cref="SecureUserDataException"><see cref="ErrorCode.Conflict"/> when a later state is stored.
    /// </exception>
    private protected async Task DemandNewestAsync()
    {
        if (await _slot.LoadAsync() is not { } stored || stored.Version <= _version) return;
        Context.RequestUnload();
        throw Behind();
    }

    private protected static SecureUserDataException Behind() =>
        SecureUserDataException.Conflict("This was changed elsewhere at the same time: try again.");

    private async Task StoreAsync(TState next, LogRow? announcement)
    {
        var plaintext = System.Text.Json.JsonSerializer.SerializeToUtf8Bytes(next, _format);
        var stored = await SealAsync(next, _version + 1, plaintext);
        await _slot.SaveAsync(stored, announcement);
        SealedUnder = Cryptography.Envelope.KeyVersion(stored.Body);
    }

    /// <summary>Awaits a write; when it fails, asks to be unloaded.</summary>
    private protected async Task UnloadIfFails(Task write)
    {
        try
        {
            await write;
        }
        catch
        {
            Context.RequestUnload();
            throw;
        }
    }
}
