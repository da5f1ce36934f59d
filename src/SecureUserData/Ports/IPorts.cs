namespace SecureUserData.Ports;

/// <summary>Everything that an engine stores things with. Every write is durable when its call returns; concurrent
/// writes share one commit; one bad write fails alone.</summary>
public interface IStores
{
    /// <summary>Finds states by tag.</summary>
    IStateIndex States { get; }

    /// <summary>Keys that only one holder can have.</summary>
    IUniqueKeys UniqueKeys { get; }

    /// <summary>Owned records.</summary>
    IRecordStore Records { get; }

    /// <summary>The access log.</summary>
    IAccessLog Log { get; }

    /// <summary>The list of finished erasures.</summary>
    IErasureList Erasures { get; }

    /// <summary>Leaves nothing of what was deleted or replaced before in the store's own files, such as a write-ahead
    /// log.</summary>
    Task PurgeAsync();

    /// <summary>A slot for one activation of the entity of this name.</summary>
    IStateSlot Slot(string entity);
}

/// <summary>What the domain stands on: stores, and wake-ups.</summary>
public interface IPorts : IStores
{
    /// <summary>Calls to entities at a later time.</summary>
    IWakeups Wakeups { get; }
}
