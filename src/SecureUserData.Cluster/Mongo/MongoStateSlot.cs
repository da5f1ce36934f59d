using Orleans.Storage;
using SecureUserData.Ports;

namespace SecureUserData.Cluster.Mongo;

/// <summary>Where one activation keeps its state: grain storage, whose etag is the fence against another
/// activation.</summary>
/// <param name="entity">The text of the entity's id.</param>
/// <param name="storage">The grain storage of all entities.</param>
/// <param name="log">Where announcements go; only asked for when there is one, since an installation is set up before
/// there are keys for a log.</param>
internal sealed class MongoStateSlot(string entity, IGrainStorage storage, Func<IAccessLog> log) : IStateSlot
{
    private readonly GrainId _id = GrainId.Create("entity", entity);
    private GrainState<StoredState>? _stored;

    public async ValueTask<StoredState?> LoadAsync()
    {
        var read = new GrainState<StoredState>();
        try
        {
            await MongoErrors.RunAsync(() => storage.ReadStateAsync(MongoStates.Collection, _id, read));
        }
        catch (Exception e) when (e is InvalidCastException or KeyNotFoundException // no etag, or not a text
            || e is SecureUserDataException { Code: ErrorCode.Tampered })
        {
            throw SecureUserDataException.Tampered($"the state of {entity}");
        }
        _stored = read;
        return read.RecordExists && read.State.Version > 0 ? read.State : null; // see StateDocument.NothingYet
    }

    /// <summary>The announcement is stored first: a crash between the two leaves a change that the entity finds in its
    /// log and applies or rejects.</summary>
    public async Task SaveAsync(StoredState state, LogRow? announcement = null)
    {
        if (_stored is null && state.Version > 1) await LoadAsync();
        var stored = _stored ?? new GrainState<StoredState>();
        if (state.Version != (stored.RecordExists ? stored.State.Version : 0) + 1) throw Conflict();
        if (announcement is not null) await log().AppendAsync(announcement);
        var next = new GrainState<StoredState>(state, stored.ETag);
        try
        {
            await MongoErrors.RunAsync(() => storage.WriteStateAsync(MongoStates.Collection, _id, next));
        }
        catch (InconsistentStateException)
        {
            throw Conflict();
        }
        _stored = next;
    }

    private static SecureUserDataException Conflict() =>
        SecureUserDataException.Conflict("This was changed elsewhere at the same time: try again.");
}
