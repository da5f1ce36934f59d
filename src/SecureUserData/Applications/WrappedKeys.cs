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

    /// <summary>Makes the first version of every key of an application.</summary>
    internal static WrappedKeys Make(AppId app, ApplicationSettings settings, IMasterKeyRing masters)
    {
        using var applicationKey = SecretKey.Random();
        using var masterKeys = MasterKeys(app, masters);
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

    /// <summary>The versions of a key, oldest first.</summary>
    internal IEnumerable<int> Versions(string purpose) =>
        Keys.Where(key => key.Purpose == purpose).Select(key => key.Version);

    /// <summary>The same with a fresh version of a key. What an application's key wraps is wrapped under the new one at
    /// once, but for the users' keys.</summary>
    internal WrappedKeys Add(string purpose, IMasterKeyRing masters, DateTimeOffset now)
    {
        using var fresh = SecretKey.Random();
        using var masterKeys = MasterKeys(App, masters);
        var version = Versions(purpose).Max() + 1;
        if (purpose == Application)
        {
            var added = With(masterKeys);
            using var all = added.Unwrap(masterKeys, Application);
            return added with { Keys = [.. added.Keys.Select(key => added.Rewrap(key, masterKeys, all))] };
        }
        using var applicationKeys = Unwrap(masterKeys, Application);
        return With(applicationKeys);

        WrappedKeys With(VersionedKeys under) =>
            this with { Keys = Keys.Add(Wrap(App, under, purpose, version, fresh) with { MadeAt = now }) };
    }

    /// <summary>The same with the application's key wrapped under the newest master key.</summary>
    internal WrappedKeys Rewrap(IMasterKeyRing masters)
    {
        var newest = masters.Versions[0];
        if (Keys.All(key => key.Purpose != Application || Envelope.KeyVersion(key.Envelope) == newest)) return this;
        using var masterKeys = MasterKeys(App, masters);
        using var applicationKeys = Unwrap(masterKeys, Application);
        return this with { Keys = [.. Keys.Select(key => Rewrap(key, masterKeys, applicationKeys))] };
    }

    /// <summary>The same without the versions of a key before one.</summary>
    internal WrappedKeys Without(string purpose, int before) =>
        this with { Keys = Keys.RemoveAll(key => key.Purpose == purpose && key.Version < before) };

    internal ApplicationKeys Unwrap(IMasterKeyRing masters)
    {
        using var masterKeys = MasterKeys(App, masters);
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
        }).ToList());
    }

    private static WrappedKey Wrap(AppId app, VersionedKeys under, string purpose, int version, SecretKey key)
    {
        using var envelope = new Envelope(under);
        return new WrappedKey(purpose, version, envelope.Seal(Place(app, purpose, version), key.Bytes));
    }

    /// <summary>The key under the newest version of the key that wraps it.</summary>
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

    private static VersionedKeys MasterKeys(AppId app, IMasterKeyRing masters) =>
        new(masters.Versions.Select(version => (version, masters.Derive(version, "wrap", app.ToString()))));
}
