using System.Collections.Concurrent;
using SecureUserData.Cryptography;

namespace SecureUserData.Applications;

/// <summary>An application's keys, unwrapped, with what it declared about its fields. Shared by all entities of the
/// process and zeroed when the last one is done with them after they have left the keyring.</summary>
internal sealed class ApplicationKeys
{
    private readonly ConcurrentDictionary<(int Version, string Field), SecretKey> _indexKeys = new();
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

    /// <summary>The version of the index key that look-ups go by; 0 for the newest.</summary>
    internal int LookUpVersion { get; init; }

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

    /// <summary>The blind index that a field's value is looked up by.</summary>
    internal string LookUpTag(string field, string value) =>
        IndexTag(LookUpVersion == 0 ? Index.CurrentVersion : LookUpVersion, field, value);

    /// <summary>The blind index of a field's value in the version of the index key that is in use.</summary>
    internal string IndexTag(string field, string value) => IndexTag(Index.CurrentVersion, field, value);

    /// <summary>The same in the older version, while there are two; otherwise null.</summary>
    internal string? OlderIndexTag(string field, string value) =>
        Index.OldestVersion == Index.CurrentVersion ? null : IndexTag(Index.OldestVersion, field, value);

    /// <summary>The field's key is derived once.</summary>
    private string IndexTag(int version, string field, string value)
    {
        if (!_indexKeys.TryGetValue((version, field), out var key))
        {
            key = BlindIndex.FieldKey(Index.Find(version)!, field);
            if (!_indexKeys.TryAdd((version, field), key))
            {
                key.Dispose(); // somebody else was faster
                key = _indexKeys[(version, field)];
            }
        }
        return BlindIndex.Tag(key, version, value);
    }
}

/// <summary>A hold on an application's keys: dispose it as soon as they have been used.</summary>
internal readonly struct KeyLease(ApplicationKeys keys) : IDisposable
{
    internal ApplicationKeys Keys => keys;

    public void Dispose() => keys.Release();
}
