using System.Collections.Concurrent;
using SecureUserData.Entities;

namespace SecureUserData.Cluster.Hosting;

/// <summary>What all activations of a silo share.</summary>
/// <param name="services">The domain's services.</param>
/// <param name="grains">The way to other grains.</param>
/// <param name="wakeups">What wakes entities.</param>
/// <param name="swept">Whom its sweeps are calling.</param>
internal sealed class SiloDomain(
    DomainServices services, IGrainFactory grains, ReminderWakeups wakeups, SweptUsers swept)
{
    internal DomainServices Services => services;

    internal IGrainFactory Grains => grains;

    internal ReminderWakeups Wakeups => wakeups;

    internal SweptUsers Swept => swept;

    /// <summary>The entities that are active on this silo.</summary>
    internal ConcurrentDictionary<GrainId, EntityContext> Active { get; } = new();

    /// <summary>Counts the calls from outside that this silo has under way.</summary>
    internal CallersUnderWay Callers { get; } = new();
}
