using SecureUserData.Ports;

namespace SecureUserData.Migrate;

/// <summary>The stores of one end, for what reads them. The installation's own state is the source's: the target does
/// not have it before all is verified.</summary>
/// <param name="stores">The stores.</param>
/// <param name="installation">The state.</param>
internal sealed class StoredPorts(IStores stores, StoredState installation) : IPorts
{
    public IStateIndex States => stores.States;

    public IUniqueKeys UniqueKeys => stores.UniqueKeys;

    public IRecordStore Records => stores.Records;

    public IAccessLog Log => stores.Log;

    public IErasureList Erasures => stores.Erasures;

    public IWakeups Wakeups => throw ReadOnly();

    public Task PurgeAsync() => throw ReadOnly();

    public IStateSlot Slot(string entity) => entity == new InstallationId().ToString()
        ? new InstallationSlot(installation)
        : stores.Slot(entity);

    private static InvalidOperationException ReadOnly() => new("Here nothing but reading is done.");

    private sealed class InstallationSlot(StoredState state) : IStateSlot
    {
        public ValueTask<StoredState?> LoadAsync() => new(state);

        public Task SaveAsync(StoredState next, LogRow? announcement = null) => throw ReadOnly();
    }
}
