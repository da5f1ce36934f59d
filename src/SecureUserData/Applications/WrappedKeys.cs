using System.Collections.Immutable;
using SecureUserData.Cryptography;

namespace SecureUserData.Applications;

/// <summary>One wrapped key of an application.</summary>
/// <param name="Purpose">One of the purposes in <see cref="WrappedKeys"/>.</param>
/// <param name="Version">Its version, from 1.</param>
/// <param name="Envelope">The key, wrapped under a key derived from the master key for this application
/// (<see cref="WrappedKeys.Application"/>), or under the application's own key.</param>
public sealed record WrappedKey(string Purpose, int Version, byte[] Envelope);

/// <summary>An application's keys as they are stored, and what it declared: all that the keyring needs.</summary>
/// <param name="App">Whose they are.</param>
/// <param name="Settings">What it declared.</param>
/// <param name="Keys">The keys.</param>
public sealed record WrappedKeys(AppId App, ApplicationSettings Settings, ImmutableArray<WrappedKey> Keys)
{
    internal const string Application = "application";
    internal const string Index = "index";
    internal const string Log = "log";
    internal const string State = "state";

    /// <summary>Makes the first version of every key of an application.</summary>
    internal static WrappedKeys Make(AppId app, ApplicationSettings settings, IMasterKeyRing masters)
    {
        using var applicationKey = SecretKey.Random();
        using var masterKeys = MasterKeys(app, masters);
        using var applicationKeys = new VersionedKeys(1, applicationKey);
        return new WrappedKeys(app, settings,
        [
            Wrap(masterKeys, Application, applicationKey),
            .. new[] { Index, Log, State }.Select(purpose =>
            {
                using var key = SecretKey.Random();
                return Wrap(applicationKeys, purpose, key);
            }),
        ]);

        WrappedKey Wrap(VersionedKeys under, string purpose, SecretKey key)
        {
            using var envelope = new Envelope(under);
            var binding = Binding.ApplicationKey(app.ToString(), purpose, 1);
            return new WrappedKey(purpose, 1, envelope.Seal(binding, key.Bytes));
        }
    }

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
        };
    }

    private VersionedKeys Unwrap(VersionedKeys under, string purpose)
    {
        using var envelope = new Envelope(under);
        return new VersionedKeys(Keys.Where(key => key.Purpose == purpose).Select(key =>
        {
            var binding = Binding.ApplicationKey(App.ToString(), purpose, key.Version);
            var plaintext = envelope.Open(binding, key.Envelope).Plaintext;
            try
            {
                return (key.Version, SecretKey.From(plaintext));
            }
            finally
            {
                System.Security.Cryptography.CryptographicOperations.ZeroMemory(plaintext);
            }
        }).ToList());
    }

    private static VersionedKeys MasterKeys(AppId app, IMasterKeyRing masters) =>
        new(masters.Versions.Select(version => (version, masters.Derive(version, "wrap", app.ToString()))));
}
