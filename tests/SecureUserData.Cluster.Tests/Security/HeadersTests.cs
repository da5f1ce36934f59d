using System.Collections.Concurrent;
using Microsoft.Extensions.DependencyInjection;
using SecureUserData.Client.Wire;
using SecureUserData.Cluster.Grains;
using SecureUserData.Cluster.Tests.Conformance;
using SecureUserData.Conformance;

namespace SecureUserData.Cluster.Tests.Security;

/// <summary>What goes back with answers.</summary>
public sealed class HeadersTests(HeadersCluster cluster) : EngineConformance(cluster), IClassFixture<HeadersCluster>
{
    [Fact]
    public async Task Tokens_do_not_come_back_with_answers()
    {
        var app = await RegisterAsync();
        var user = await AddUserAsync(app);
        await user.Self.GetAsync();
        await Assert.ThrowsAsync<SecureUserDataException>(() => user.Self.GetHistoryAsync("no field, but a sentence"));

        Assert.Contains(CallHeaders.Caller, cluster.Came);
        Assert.Contains(CallHeaders.Silo, cluster.Came);
        Assert.Empty(cluster.GoesBack);
    }
}

/// <summary>A cluster that is looked at from where the runtime makes its answers.</summary>
public sealed class HeadersCluster() : ClusterFixture(2)
{
    internal ConcurrentQueue<string> Came { get; } = [];

    internal ConcurrentQueue<string> GoesBack { get; } = [];

    /// <summary>Stands outside of our own filter.</summary>
    protected override void Configure(ISiloBuilder silo) =>
        silo.Services.Insert(0, ServiceDescriptor.Singleton<IIncomingGrainCallFilter>(new Watch(this)));

    private sealed class Watch(HeadersCluster cluster) : IIncomingGrainCallFilter
    {
        public async Task Invoke(IIncomingGrainCallContext context)
        {
            foreach (var header in RequestContext.Keys) cluster.Came.Enqueue(header);
            try
            {
                await context.Invoke();
            }
            finally
            {
                if (context.Grain is IEntityGrain)
                    foreach (var header in RequestContext.Keys) cluster.GoesBack.Enqueue(header);
            }
        }
    }
}
