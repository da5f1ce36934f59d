using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Orleans.Configuration;
using Orleans.Runtime.GrainDirectory;
using SecureUserData.Cluster.Grains;

namespace SecureUserData.Cluster.Hosting;

/// <summary>What a silo remembers of where grains are, so that it need not ask the directory, with two exceptions for
/// sweeps. Whom a sweep is calling is taken to be here where nothing else is known, so that he is activated here if he
/// is in memory nowhere; if he is on another silo, the new activation learns that when it is registered, and hands the
/// call on. And a part of a sweep, which is unloaded after each call, is not remembered: the next call would bring it
/// back to where it was, and not to where it is to be placed.</summary>
/// <param name="known">What is remembered.</param>
/// <param name="swept">Whom sweeps of this silo are calling.</param>
/// <param name="here">This silo; null while it activates nobody, as when it is stopping.</param>
internal sealed class KnownPlaces(IGrainDirectoryCache known, SweptUsers swept, Func<SiloAddress?> here)
    : IGrainDirectoryCache, IAsyncDisposable
{
    private static readonly GrainType Parts = GrainType.Create(InternalGrain.Sweep);

    public IEnumerable<(GrainAddress ActivationAddress, int Version)> KeyValues => known.KeyValues;

    internal static KnownPlaces Create(IServiceProvider services)
    {
        var known = GrainDirectoryCacheFactory.CreateGrainDirectoryCache(
            services, services.GetRequiredService<IOptions<GrainDirectoryOptions>>().Value);
        var silo = services.GetRequiredService<ISiloStatusOracle>();
        return new KnownPlaces(
            known,
            services.GetRequiredService<SweptUsers>(),
            () => silo.CurrentStatus == SiloStatus.Active ? silo.SiloAddress : null);
    }

    public bool LookUp(GrainId key, out GrainAddress result, out int version)
    {
        if (known.LookUp(key, out result, out version)) return true;
        if (!swept.Contains(key) || here() is not { } silo) return false;
        result = new GrainAddress { GrainId = key, SiloAddress = silo };
        return true;
    }

    public void AddOrUpdate(GrainAddress value, int version)
    {
        if (value.GrainId.Type != Parts) known.AddOrUpdate(value, version);
    }

    public bool Remove(GrainId key) => known.Remove(key);

    public bool Remove(GrainAddress key) => known.Remove(key);

    public void Clear() => known.Clear();

    public ValueTask DisposeAsync() => known is IAsyncDisposable disposable ? disposable.DisposeAsync() : default;
}
