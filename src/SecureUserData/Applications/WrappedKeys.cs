using System.Collections.Immutable;
using System.Security.Cryptography;
using SecureUserData.Cryptography;

namespace SecureUserData.Applications;

/// <summary>One wrapped key of an application.</summary>
/// <param name="Purpose">One of the purposes in <see cref="WrappedKeys"/>.</param>
/// <param name="Version">Its version, from 1.</param>
/// <param name="Envelope">The key, wrapped under a key derived from the master key for this application
/// (<see cref="WrappedKeys.Application"/>), or under the application's own key.</param>
public sealed record WrappedKey(string Purpose, int Version, byte[] Envelope)
{
    /// <summary>When it was made; null for the first versions, which are as old as the application.</summary>
    public DateTimeOffset? MadeAt { get; init; }

    /// <summary>Whether it only opens so far: nothing is sealed or wrapped under it before every process has it.
    /// </summary>
    public bool IsAnnounced { get; init; }
}

/// <summary>An application's keys as they are stored, and what it declared: all that the keyring needs.</summary>
/// <param name="App">Whose they are.</param>
/// <param name="Settings">What it declared.</param>
/// <param name="Keys">The keys, older versions before newer ones.</param>
public sealed record WrappedKeys(AppId App, ApplicationSettings Settings, ImmutableArray<WrappedKey> Keys)
{
    internal const string Application = "application";
    internal const string Index = "index";
    internal const string Log = "log";
    internal const string State = "state";

    /// <summary>The version of the index key that look-ups go by; 0 for the newest. Every version that is there is
    /// written, so that it is the older one until everybody carries the newer.</summary>
    public int LookUpVersion { get; init; }

    /// <summary>The version of the master key that the application's key is wrapped under.</summary>
    internal int MasterVersion => Envelope.KeyVersion(Keys.Last(key => key.Purpose == Application).Envelope);

    /// <summary>Makes the first version of every key of an application.</summary>
    internal static WrappedKeys Make(
        AppId app, ApplicationSettings settings, IMasterKeyRing masters, int masterVersion)
    {
        using var applicationKey = SecretKey.Random();
        using var masterKeys = MasterKeys(app, masters, masterVersion);
        using var applicationKeys = new VersionedKeys(1, applicationKey);
        return new WrappedKeys(app, settings,
        [
            Wrap(app, masterKeys, Application, 1, applicationKey),
            .. new[] { Index, Log, State }.Select(purpose =>
            {
                using var key = SecretKey.Random();
                return Wrap(app, applicationKeys, purpose, 1, key);
            }),
        ]);
    }

    /// <summary>The versions of a key that open, oldest first.</summary>
    internal IEnumerable<int> Versions(string purpose) =>
        Keys.Where(key => key.Purpose == purpose).Select(key => key.Version);

    /// <summary>The version of a key that seals or wraps.</summary>
    internal int Current(string purpose) => Find(purpose).Version;

    /// <summary>When the version of a key that seals or wraps was made; null for the first one.</summary>
    internal DateTimeOffset? MadeAt(string purpose) => Find(purpose).MadeAt;

    /// <summary>The same with a fresh version of a key, which opens and under which nothing is sealed yet.</summary>
    internal WrappedKeys Announce(string purpose, IMasterKeyRing masters, DateTimeOffset now)
    {
        using var fresh = SecretKey.Random();
        using var masterKeys = MasterKeys(App, masters, MasterVersion);
        using var applicationKeys = purpose == Application ? null : Unwrap(masterKeys, Application);
        var added = Wrap(App, applicationKeys ?? masterKeys, purpose, Versions(purpose).Max() + 1, fresh);
        return this with { Keys = Keys.Add(added with { MadeAt = now, IsAnnounced = true }) };
    }

    /// <summary>The same with the announced version of a key in use. What an application's key wraps is wrapped under
    /// the new one at once, but for the users' keys.</summary>
    internal WrappedKeys Use(string purpose, IMasterKeyRing masters)
    {
        var used = this with
        {
            Keys = [.. Keys.Select(key => key.Purpose == purpose ? key with { IsAnnounced = false } : key)],
        };
        return purpose == Application ? used.Rewrap(masters, MasterVersion) : used;
    }

    /// <summary>The same with the application's key wrapped under a version of the master key, and with what it wraps
    /// itself wrapped under its version that is in use.</summary>
    internal WrappedKeys Rewrap(IMasterKeyRing masters, int masterVersion)
    {
        using var masterKeys = MasterKeys(App, masters, masterVersion);
        using var applicationKeys = Unwrap(masterKeys, Application);
        return this with { Keys = [.. Keys.Select(key => Rewrap(key, masterKeys, applicationKeys))] };
    }

    /// <summary>The same without the versions of a key before one.</summary>
    internal WrappedKeys Without(string purpose, int before) =>
        this with { Keys = Keys.RemoveAll(key => key.Purpose == purpose && key.Version < before) };

    internal ApplicationKeys Unwrap(IMasterKeyRing masters)
    {
        using var masterKeys = MasterKeys(App, masters, MasterVersion);
        var applicationKeys = Unwrap(masterKeys, Application);
        return new ApplicationKeys
        {
            App = App,
            Settings = Settings,
            Key = applicationKeys,
            Index = Unwrap(applicationKeys, Index),
            Log = Unwrap(applicationKeys, Log),
            State = Unwrap(applicationKeys, State),
            LookUpVersion = LookUpVersion,
        };
    }

    private VersionedKeys Unwrap(VersionedKeys under, string purpose)
    {
        using var envelope = new Envelope(under);
        return new VersionedKeys(Keys.Where(key => key.Purpose == purpose).Select(key =>
        {
            var plaintext = envelope.Open(Place(App, key.Purpose, key.Version), key.Envelope).Plaintext;
            try
            {
                return (key.Version, SecretKey.From(plaintext));
            }
            finally
            {
                CryptographicOperations.ZeroMemory(plaintext);
            }
        }).ToList(), Current(purpose));
    }

    private WrappedKey Find(string purpose) => Keys.Last(key => key.Purpose == purpose && !key.IsAnnounced);

    private static WrappedKey Wrap(AppId app, VersionedKeys under, string purpose, int version, SecretKey key)
    {
        using var envelope = new Envelope(under);
        return new WrappedKey(purpose, version, envelope.Seal(Place(app, purpose, version), key.Bytes));
    }

    /// <summary>The key under the current version of the key that wraps it.</summary>
    private WrappedKey Rewrap(WrappedKey key, VersionedKeys masterKeys, VersionedKeys applicationKeys)
    {
        using var envelope = new Envelope(key.Purpose == Application ? masterKeys : applicationKeys);
        var place = Place(App, key.Purpose, key.Version);
        var (plaintext, isStale) = envelope.Open(place, key.Envelope);
        try
        {
            return isStale ? key with { Envelope = envelope.Seal(place, plaintext) } : key;
        }
        finally
        {
            CryptographicOperations.ZeroMemory(plaintext);
        }
    }

    private static Binding Place(AppId app, string purpose, int version) =>
        Binding.ApplicationKey(app.ToString(), purpose, version);

    /// <exception cref="SecureUserDataException"><see cref="ErrorCode.Unavailable"/> when the ring lacks the version.
    /// </exception>
    private static VersionedKeys MasterKeys(AppId app, IMasterKeyRing masters, int current) => new(
        new[] { current }.Union(masters.Versions)
            .Select(version => (version, masters.Derive(version, "wrap", app.ToString()))),
        current);
}
