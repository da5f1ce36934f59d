namespace SecureUserData.Cryptography;

/// <summary>The versions of one key: the current one seals, all of them open.</summary>
internal sealed class VersionedKeys : IDisposable
{
    private readonly (int Version, SecretKey Key)[] _keys;
    private readonly int _current;

    /// <param name="keys">At least one; in any order.</param>
    /// <param name="current">The version that seals; null for the newest.</param>
    internal VersionedKeys(IEnumerable<(int Version, SecretKey Key)> keys, int? current = null)
    {
        _keys = [.. keys.OrderByDescending(key => key.Version)];
        _current = current is null ? 0 : Array.FindIndex(_keys, key => key.Version == current);
        if (_keys.Length == 0 || _current < 0) throw new ArgumentException("There is no such key.", nameof(keys));
    }

    internal VersionedKeys(int version, SecretKey key) => _keys = [(version, key)];

    internal int CurrentVersion => _keys[_current].Version;

    internal int OldestVersion => _keys[^1].Version;

    internal SecretKey Current => _keys[_current].Key;

    /// <summary>The same keys and a newer one, which seals.</summary>
    internal VersionedKeys With(int version, SecretKey key) => new([(version, key), .. _keys]);

    internal SecretKey? Find(int version)
    {
        foreach (var key in _keys)
            if (key.Version == version) return key.Key;
        return null;
    }

    /// <summary>Derives the key for one use of one holder in a version; false when that version is gone.</summary>
    internal bool TryDerive(int version, string label, string context, Span<byte> key)
    {
        if (Find(version) is not { } found) return false;
        found.Derive(label, context, key);
        return true;
    }

    public void Dispose()
    {
        foreach (var key in _keys) key.Key.Dispose();
    }
}
