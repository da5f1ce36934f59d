using System.Collections.Concurrent;
using System.Collections.Frozen;
using SecureUserData.Entities;

namespace SecureUserData.Embedded.Hosting;

/// <summary>All activations of one process.</summary>
internal sealed class EntityHost : IAsyncDisposable
{
    private static readonly FrozenDictionary<Type, EntityKind> Kinds =
        EntityKind.All.ToFrozenDictionary(kind => kind.IdType);

    private readonly ConcurrentDictionary<IEntityId, Activation> _activations = new();
    private readonly EmbeddedOptions _options;
    private readonly ITimer _idle;
    private int _count;
    private int _trimming;
    private int _unloadFailures;
    private volatile bool _closing;
    private volatile bool _closed;

    internal EntityHost(DomainServices services, EmbeddedOptions options)
    {
        Services = services;
        _options = options;
        var period = TimeSpan.FromTicks(Math.Max(options.UnloadAfter.Ticks / 4, TimeSpan.TicksPerSecond));
        _idle = options.Time.CreateTimer(_ => UnloadIdle(), null, period, period);
    }

    internal DomainServices Services { get; }

    internal TimeProvider Time => _options.Time;

    internal CallersUnderWay Callers { get; } = new();

    /// <summary>Entities in memory.</summary>
    internal int Count => _count;

    /// <summary>Unloads that failed: what they had left to write, such as counts of refusals, is lost.</summary>
    internal int UnloadFailures => _unloadFailures;

    internal static EntityKind KindOf(IEntityId id) => Kinds.TryGetValue(id.GetType(), out var kind)
        ? kind
        : throw SecureUserDataException.Invalid("There is no such kind of entity: use the id types of SecureUserData.");

    /// <summary>Gives a call to the entity's activation, making one if there is none.</summary>
    /// <param name="id">The entity.</param>
    /// <param name="invocation">The call.</param>
    /// <param name="inside">Whether it belongs to a call under way, which may end while the engine is closing.</param>
    internal void Send(IEntityId id, Invocation invocation, bool inside)
    {
        while (true)
        {
            if (_closed || (_closing && !inside))
            {
                invocation.Fail(SecureUserDataException.Unavailable("The engine has been closed: open it again."));
                return;
            }
            if (!_activations.TryGetValue(id, out var activation))
            {
                activation = Add(id);
                if (_closed) // between the question above and now: nobody would unload it any more
                {
                    Forget(activation);
                    continue;
                }
            }
            if (activation.TryPost(invocation)) return;
            Forget(activation); // it ended just now
        }
    }

    internal void Remove(Activation activation) => Forget(activation);

    /// <summary>Lets the calls under way end, and unloads everything: when it returns, no key is in memory.</summary>
    public async ValueTask DisposeAsync()
    {
        _closing = true;
        Services.EndWaiting();
        await _idle.DisposeAsync();
        await UnloadAllAsync(); // the calls under way and what unloads may call others once more, but only downwards
        _closed = true;
        await UnloadAllAsync();
    }

    private async Task UnloadAllAsync()
    {
        while (!_activations.IsEmpty)
        {
            foreach (var activation in _activations.Values)
                if (activation.UnloadAfterCalls() is { } unloading) await CountFailuresAsync(unloading);
            await Task.Yield(); // an activation leaves just after its last call has answered
        }
    }

    private Activation Add(IEntityId id)
    {
        var made = new Activation(this, KindOf(id), id);
        var activation = _activations.GetOrAdd(id, made);
        if (activation == made && Interlocked.Increment(ref _count) > _options.MaxActive) Trim();
        return activation;
    }

    private void Forget(Activation activation)
    {
        if (_activations.TryRemove(KeyValuePair.Create(activation.EntityId, activation)))
            Interlocked.Decrement(ref _count);
    }

    private void UnloadIdle()
    {
        var before = Time.GetTimestamp() - (long)(_options.UnloadAfter.TotalSeconds * Time.TimestampFrequency);
        foreach (var activation in _activations.Values) _ = CountFailuresAsync(activation.UnloadIfIdleAsync(before));
    }

    /// <summary>Unloads the tenth that has not been used for longest, when there are too many.</summary>
    private void Trim()
    {
        if (Interlocked.Exchange(ref _trimming, 1) == 1) return;
        ThreadPool.UnsafeQueueUserWorkItem(
            _ =>
            {
                var oldest = _activations.Values
                    .Select(activation => (Activation: activation, activation.LastUsed))
                    .OrderBy(activation => activation.LastUsed)
                    .Take(Math.Max(1, _count - _options.MaxActive * 9 / 10));
                foreach (var (activation, lastUsed) in oldest)
                    _ = CountFailuresAsync(activation.UnloadIfIdleAsync(lastUsed + 1));
                Volatile.Write(ref _trimming, 0);
            },
            null);
    }

    private async Task CountFailuresAsync(Task unloading)
    {
        try
        {
            await unloading;
        }
        catch (SecureUserDataException)
        {
            Interlocked.Increment(ref _unloadFailures);
        }
    }
}
