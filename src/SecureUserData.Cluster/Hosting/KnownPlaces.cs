using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Orleans.Configuration;
using Orleans.Runtime.GrainDirectory;
using SecureUserData.Cluster.Grains;

namespace SecureUserData.Cluster.Hosting;

/// <summary>What a silo remembers of where grains are, so that it need not ask the directory, with two exceptions for
/// sweeps. Whom a sweep is calling is taken to be here where nothing else is known: here is where he would be placed,
/// and if he is in memory on another silo, the new activation learns that when it is registered, and hands the call on.
/// And a part of a sweep, which is unloaded after each call, is not remembered: the next call would bring it back to
/// where it was, and not to where it is to be placed.</summary>
/// <param name="known">What is remembered.</param>
/// <param name="swept">Whom sweeps of this silo are calling.</param>
/// <param name="silo">This silo.</param>
internal sealed class KnownPlaces(IGrainDirectoryCache known, SweptUsers swept, ILocalSiloDetails silo)
    : IGrainDirectoryCache, IAsyncDisposable
{
    private static readonly GrainType Parts = GrainType.Create(InternalGrain.Sweep);

    public IEnumerable<(GrainAddress ActivationAddress, int Version)> KeyValues => known.KeyValues;

    internal static KnownPlaces Create(IServiceProvider services) => new(
        GrainDirectoryCacheFactory.CreateGrainDirectoryCache(
            services, services.GetRequiredService<IOptions<GrainDirectoryOptions>>().Value),
        services.GetRequiredService<SweptUsers>(),
        services.GetRequiredService<ILocalSiloDetails>());

    public bool LookUp(GrainId key, out GrainAddress result, out int version)
    {
        if (known.LookUp(key, out result, out version)) return true;
        if (!swept.Contains(key)) return false;
        result = new GrainAddress { GrainId = key, SiloAddress = silo.SiloAddress };
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
