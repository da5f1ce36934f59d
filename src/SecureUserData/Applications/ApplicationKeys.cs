using System.Collections.Concurrent;
using SecureUserData.Cryptography;

namespace SecureUserData.Applications;

/// <summary>An application's keys, unwrapped, with what it declared about its fields. Shared by all entities of the
/// process and zeroed when the last one is done with them after they have left the keyring.</summary>
internal sealed class ApplicationKeys
{
    private readonly ConcurrentDictionary<string, SecretKey> _indexKeys = new(StringComparer.Ordinal);
    private int _holders = 1; // the keyring itself

    internal required AppId App { get; init; }

    /// <summary>The text of the id, one for all who hold it.</summary>
    internal string Name => field ??= App.ToString();

    internal required ApplicationSettings Settings { get; init; }

    /// <summary>Wraps the users' keys.</summary>
    internal required VersionedKeys Key { get; init; }

    internal required VersionedKeys Index { get; init; }

    internal required VersionedKeys Log { get; init; }

    internal required VersionedKeys State { get; init; }

    /// <summary>False when the keys have been zeroed.</summary>
    internal bool TryHold()
    {
        while (true)
        {
            var holders = Volatile.Read(ref _holders);
            if (holders == 0) return false;
            if (Interlocked.CompareExchange(ref _holders, holders + 1, holders) == holders) return true;
        }
    }

    internal void Release()
    {
        if (Interlocked.Decrement(ref _holders) > 0) return;
        Key.Dispose();
        Index.Dispose();
        Log.Dispose();
        State.Dispose();
        foreach (var key in _indexKeys.Values) key.Dispose();
    }

    /// <summary>The blind index of a field's value. The field's key is derived once.</summary>
    internal string IndexTag(string field, string value)
    {
        if (!_indexKeys.TryGetValue(field, out var key))
        {
            key = BlindIndex.FieldKey(Index.Current, field);
            if (!_indexKeys.TryAdd(field, key))
            {
                key.Dispose(); // somebody else was faster
                key = _indexKeys[field];
            }
        }
        return BlindIndex.Tag(key, Index.CurrentVersion, value);
    }
}

/// <summary>A hold on an application's keys: dispose it as soon as they have been used.</summary>
internal readonly struct KeyLease(ApplicationKeys keys) : IDisposable
{
    internal ApplicationKeys Keys => keys;

    public void Dispose() => keys.Release();
}
