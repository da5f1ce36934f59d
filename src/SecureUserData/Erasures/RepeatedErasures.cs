using SecureUserData.Entities;

namespace SecureUserData.Erasures;

/// <summary>Erases in restored data whoever was erased after the copy of it was made.</summary>
/// <param name="services">The services over the data.</param>
/// <param name="context">The engine's own way to entities.</param>
internal sealed class RepeatedErasures(DomainServices services, IEntityContext context)
{
    /// <summary>Erasures at the same time: they share the purge, which can go through a whole file.</summary>
    private const int AtOnce = 64;

    /// <summary>Erases everybody whose erasure is proved, and leaves nothing of them. Doing it again finishes what was
    /// stopped, and changes nothing else.</summary>
    /// <param name="certified">What the certificates say, once they have been verified.</param>
    /// <param name="progress">Told how many are erased, and of how many.</param>
    /// <param name="cancellation">Stops it; the erasures under way end.</param>
    /// <returns>Who was erased; the others had been, or are not there.</returns>
    internal async Task<IReadOnlyList<UserId>> RunAsync(
        IReadOnlyDictionary<UserId, ErasureStatement> certified,
        Action<long, long>? progress,
        CancellationToken cancellation)
    {
        var users = await new StoredErasures(services, context).UnfinishedAsync(certified.Keys);
        var done = 0;
        await Parallel.ForEachAsync(
            users,
            new ParallelOptions { MaxDegreeOfParallelism = AtOnce, CancellationToken = cancellation },
            async (user, _) =>
            {
                await context.Internal<IErasureInternals>(new ErasureId(user)).EraseAgainAsync(certified[user]);
                progress?.Invoke(Interlocked.Increment(ref done), users.Count);
            });
        await services.Ports.PurgeAsync(); // also of what a copy in the middle of an erasure has left
        return users;
    }
}
