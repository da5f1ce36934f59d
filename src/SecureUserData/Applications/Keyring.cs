using System.Collections.Concurrent;
using SecureUserData.Cryptography;
using SecureUserData.Entities;

namespace SecureUserData.Applications;

/// <summary>The process-wide cache of unwrapped application keys. A plain application key stays here for at most
/// <see cref="Lifetime"/>, plus the time of the calls under way, and never leaves the process.</summary>
internal sealed class Keyring : IDisposable
{
    internal static readonly TimeSpan Lifetime = TimeSpan.FromMinutes(5);

    /// <summary>How often keys that are not asked for are looked at; they leave before their lifetime ends.</summary>
    private static readonly TimeSpan SweepPeriod = TimeSpan.FromSeconds(30);

    private readonly ConcurrentDictionary<AppId, Entry> _entries = new();
    private readonly ConcurrentDictionary<AppId, int> _forgotten = new(); // how often
    private readonly Lock _publishing = new();
    private readonly IMasterKeyRing _masters;
    private readonly TimeProvider _time;
    private readonly ITimer _sweep;

    internal Keyring(IMasterKeyRing masters, TimeProvider time)
    {
        _masters = masters;
        _time = time;
        _sweep = time.CreateTimer(_ => Sweep(), null, SweepPeriod, SweepPeriod);
    }

    /// <summary>Of how many applications there are keys.</summary>
    internal int Count => _entries.Count;

    /// <summary>The keys of an application, loaded through the asking entity's context when they are not at
    /// hand.</summary>
    /// <exception cref="SecureUserDataException"><see cref="ErrorCode.NotFound"/> when there is no such application.
    /// </exception>
    internal ValueTask<KeyLease> RentAsync(AppId app, IEntityContext context) =>
        TryRent(app, out var lease)
            ? ValueTask.FromResult(lease)
            : LoadAsync(app, () => context.Internal<IApplicationInternals>(app).GetWrappedKeysAsync());

    /// <summary>The keys of an application whose wrapped keys the caller can load.</summary>
    internal ValueTask<KeyLease> RentAsync(AppId app, Func<Task<WrappedKeys>> load) =>
        TryRent(app, out var lease) ? ValueTask.FromResult(lease) : LoadAsync(app, load);

    /// <summary>Lets go of an application's keys and settings, so that they are loaded anew: whoever rents them from
    /// now on has those that are stored now. So whoever loads something first, and rents the keys to open it then, has
    /// the version that it is sealed under.</summary>
    internal void Forget(AppId app)
    {
        Entry? entry;
        lock (_publishing)
        {
            _forgotten.AddOrUpdate(app, 1, (_, times) => times + 1);
            _entries.TryRemove(app, out entry);
        }
        entry?.Keys.Release();
    }

    private bool TryRent(AppId app, out KeyLease lease)
    {
        if (_entries.TryGetValue(app, out var entry)
            && _time.GetElapsedTime(entry.LoadedAt) < Lifetime
            && entry.Keys.TryHold())
        {
            lease = new KeyLease(entry.Keys);
            return true;
        }
        lease = default;
        return false;
    }

    private async ValueTask<KeyLease> LoadAsync(AppId app, Func<Task<WrappedKeys>> load)
    {
        var forgotten = _forgotten.GetValueOrDefault(app);
        var keys = (await load()).Unwrap(_masters);
        keys.TryHold(); // for the caller; the first hold is the keyring's
        var entry = new Entry(keys, _time.GetTimestamp());
        bool isKnown;
        Entry? replaced = null;
        lock (_publishing)
        {
            isKnown = _forgotten.GetValueOrDefault(app) == forgotten;
            if (isKnown)
            {
                _entries.TryRemove(app, out replaced); // unless the sweep was faster, and has let go of it
                _entries[app] = entry;
            }
        }
        replaced?.Keys.Release();
        if (isKnown) return new KeyLease(keys);
        keys.Release(); // they were forgotten while they were on their way
        keys.Release();
        return await LoadAsync(app, load);
    }

    /// <summary>What would outlive its time before the next sweep leaves now.</summary>
    private void Sweep()
    {
        foreach (var (app, entry) in _entries)
            if (_time.GetElapsedTime(entry.LoadedAt) > Lifetime - SweepPeriod
                && _entries.TryRemove(KeyValuePair.Create(app, entry)))
                entry.Keys.Release();
    }

    /// <summary>Zeroes all keys that are not in use at this moment.</summary>
    public void Dispose()
    {
        _sweep.Dispose();
        foreach (var (app, entry) in _entries)
            if (_entries.TryRemove(KeyValuePair.Create(app, entry)))
                entry.Keys.Release();
    }

    private sealed record Entry(ApplicationKeys Keys, long LoadedAt);
}
