using System.Reflection;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Orleans.Configuration;
using SecureUserData.Applications;
using SecureUserData.Cluster.Grains;
using SecureUserData.Conformance;
using SecureUserData.Cryptography;
using SecureUserData.Entities;
using SecureUserData.Users;

namespace SecureUserData.Cluster.Tests.Security;

/// <summary>Plain keys are in memory while they are needed, and then nowhere.</summary>
public sealed class ZeroedKeysTests(AttackedCluster cluster)
    : EngineConformance(cluster), IClassFixture<AttackedCluster>
{
    [Fact]
    public async Task A_users_key_is_zeroed_when_the_user_has_been_idle()
    {
        var user = await AddUserAsync(await RegisterAsync());
        await user.Self.GetAsync();
        var key = KeyOf(user);
        Assert.Contains(key, part => part != 0);

        await Fixture.UnloadIdleAsync();
        Assert.All(key, part => Assert.Equal(0, part));
        await user.Self.GetAsync();
    }

    [Fact]
    public async Task Everything_is_zeroed_when_the_silos_stop()
    {
        var app = await RegisterAsync();
        var user = await AddUserAsync(app);
        await user.Self.GetAsync();
        var buffers = Silos().SelectMany(silo => KeysOf(silo, app.Id)).Append(KeyOf(user)).ToList();
        Assert.True(buffers.Count > 2);
        Assert.All(buffers, key => Assert.Contains(key, part => part != 0));

        await Fixture.RestartAsync();
        Assert.All(buffers, key => Assert.All(key, part => Assert.Equal(0, part)));
    }

    [Fact]
    public void Grains_are_collected_after_the_time_that_the_options_say() => Assert.All(Silos(), silo =>
    {
        var collection = silo.GetRequiredService<IOptions<GrainCollectionOptions>>().Value;
        Assert.Equal(TimeSpan.FromMinutes(5), collection.CollectionAge);
        Assert.True(collection.CollectionQuantum < collection.CollectionAge);
        Assert.Empty(collection.ClassSpecificCollectionAge);
    });

    private IEnumerable<IServiceProvider> Silos() =>
        cluster.Cluster.Silos
            .Select(silo => (IServiceProvider)cluster.Cluster.GetSiloServiceProvider(silo.SiloAddress));

    private byte[] KeyOf(UserActor user)
    {
        Assert.True(cluster.Cluster.TryGetGrainContext(InternalGrain.GrainIdOf(user.Id), out var context));
        return Field<VersionedKeys>(typeof(User), context.GrainInstance!, "_keys").Current.Buffer;
    }

    /// <summary>The keys of an application that a silo has at hand.</summary>
    private static List<byte[]> KeysOf(IServiceProvider silo, AppId app)
    {
        var keyring = silo.GetRequiredService<DomainServices>().Keyring;
        var entries = (System.Collections.IDictionary)typeof(Keyring)
            .GetField("_entries", BindingFlags.Instance | BindingFlags.NonPublic)!.GetValue(keyring)!;
        if (!entries.Contains(app)) return [];
        var entry = entries[app]!;
        var keys = (ApplicationKeys)entry.GetType().GetProperty("Keys")!.GetValue(entry)!;
        return [keys.Key.Current.Buffer, keys.Log.Current.Buffer];
    }

    private static T Field<T>(Type type, object instance, string name) =>
        (T)type.GetField(name, BindingFlags.Instance | BindingFlags.NonPublic)!.GetValue(instance)!;
}
