using System.Text.Json.Serialization.Metadata;
using SecureUserData.Cryptography;
using SecureUserData.Ports;

namespace SecureUserData.Entities;

/// <summary>An entity whose state is sealed under a key derived from the master key.</summary>
/// <typeparam name="TState">An immutable record.</typeparam>
public abstract class MasterEntity<TState> : Entity<TState> where TState : class
{
    private protected MasterEntity(
        IEntityId id, IStateSlot slot, IEntityContext context, DomainServices services, JsonTypeInfo<TState> format)
        : base(id, slot, context, services, format)
    {
    }

    /// <summary>The tags that the state is found by.</summary>
    private protected virtual IReadOnlyList<string> Tags => [];

    /// <summary>The version of the master key that a state is sealed under. It is not simply the newest one of the
    /// ring, because other processes may not have that one yet: only a rotation moves to it.</summary>
    private protected abstract int MasterVersion(TState state);

    private protected override ValueTask<byte[]> OpenAsync(StoredState stored) =>
        ValueTask.FromResult(StateSeal.Of(Services.Masters).Open(Name, stored));

    private protected override ValueTask<StoredState> SealAsync(TState state, long version, byte[] plaintext) =>
        ValueTask.FromResult(
            StateSeal.Of(Services.Masters, MasterVersion(state)).Seal(Name, version, Tags, plaintext));
}
