using SecureUserData.Entities;

namespace SecureUserData.Cluster.Hosting;

/// <summary>Lets the calls of those who wait for news end when the silo begins to stop, so that it does not wait for
/// them.</summary>
/// <param name="services">The silo's services.</param>
internal sealed class LastCalls(DomainServices services) : ILifecycleParticipant<ISiloLifecycle>
{
    public void Participate(ISiloLifecycle lifecycle) => lifecycle.Subscribe(
        nameof(LastCalls),
        ServiceLifecycleStage.Last,
        _ => Task.CompletedTask,
        _ =>
        {
            services.EndWaiting();
            return Task.CompletedTask;
        });
}
