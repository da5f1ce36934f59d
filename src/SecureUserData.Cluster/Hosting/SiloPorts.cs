using SecureUserData.Ports;

namespace SecureUserData.Cluster.Hosting;

/// <summary>The stores that all silos share, and this silo's wake-ups.</summary>
/// <param name="stores">The stores.</param>
/// <param name="wakeups">The wake-ups.</param>
internal sealed class SiloPorts(IStores stores, IWakeups wakeups) : IPorts
{
    public IStateIndex States => stores.States;

    public IUniqueKeys UniqueKeys => stores.UniqueKeys;

    public IRecordStore Records => stores.Records;

    public IAccessLog Log => stores.Log;

    public IErasureList Erasures => stores.Erasures;

    public IWakeups Wakeups => wakeups;

    public Task PurgeAsync() => stores.PurgeAsync();

    public IStateSlot Slot(string entity) => stores.Slot(entity);
}
