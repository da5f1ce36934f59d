using System.Net;
using Microsoft.Extensions.Options;
using Orleans.Configuration;
using SecureUserData.Cluster.Tests.Conformance;

namespace SecureUserData.Cluster.Tests.Hosting;

/// <summary>How the directory of grains is shared out.</summary>
public sealed class DirectoryTests(TwoSilos cluster) : IClassFixture<TwoSilos>
{
    [Fact]
    public void No_silo_has_much_more_of_the_directory_than_its_share()
    {
        const int silos = 10;
        var parts = cluster.Service<IOptions<GrainDirectoryOptions>>().Value.PartitionsPerSilo;
        var ring = Enumerable.Range(1, silos)
            .Select(i => SiloAddress.New(IPAddress.Loopback, 10_000 + i, i))
            .SelectMany(silo => silo.GetUniformHashCodes(parts).Select(begin => (Silo: silo, Begin: begin)))
            .OrderBy(part => part.Begin)
            .ToList();

        var largest = ring
            .Select((part, i) => (part.Silo, Size: unchecked(ring[(i + 1) % ring.Count].Begin - part.Begin)))
            .GroupBy(part => part.Silo, part => (double)part.Size / uint.MaxValue)
            .Max(silo => silo.Sum());

        Assert.InRange(largest, 1.0 / silos, 1.5 / silos);
    }
}
