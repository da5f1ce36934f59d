namespace SecureUserData.Migrate;

/// <summary>Goes over what two ends hold of a kind, side by side.</summary>
internal static class Matching
{
    private const int WrittenAtOnce = 500;

    /// <summary>Tells of everything that one end has and the other has not, or has otherwise.</summary>
    /// <returns>How many the source has.</returns>
    internal static async Task<long> CompareAsync<T>(
        Kind<T> kind,
        IPart<T> source,
        IPart<T> target,
        Func<Change<T>, ValueTask> differs,
        IProgress<long> progress,
        CancellationToken cancellation)
        where T : class
    {
        await using var from = source.ReadAsync(cancellation).GetAsyncEnumerator(cancellation);
        await using var to = target.ReadAsync(cancellation).GetAsyncEnumerator(cancellation);
        var (hasFrom, hasTo) = (await from.MoveNextAsync(), await to.MoveNextAsync());
        long count = 0;
        while (hasFrom || hasTo)
        {
            cancellation.ThrowIfCancellationRequested();
            var order = !hasTo ? -1 : !hasFrom ? 1 : Kinds.Compare(kind.Id(from.Current), kind.Id(to.Current));
            if (order != 0 || !kind.AreEqual(from.Current, to.Current))
                await differs(new Change<T>(order >= 0 ? to.Current : null, order <= 0 ? from.Current : null));
            if (order <= 0)
            {
                progress.Report(++count);
                hasFrom = await from.MoveNextAsync();
            }
            if (order >= 0) hasTo = await to.MoveNextAsync();
        }
        return count;
    }

    /// <summary>Makes the target hold what the source holds; what is there already is not written again.</summary>
    internal static async Task<long> CopyAsync<T>(
        Kind<T> kind, IPart<T> source, IPart<T> target, IProgress<long> progress, CancellationToken cancellation)
        where T : class
    {
        var changes = new List<Change<T>>();
        long bytes = 0;
        var count = await CompareAsync(
            kind,
            source,
            target,
            async change =>
            {
                changes.Add(change);
                bytes += change.After is { } after ? kind.Bytes(after) : 0;
                if (changes.Count >= WrittenAtOnce || bytes >= Limits.PageBytes) await WriteAsync();
            },
            progress,
            cancellation);
        await WriteAsync();
        return count;

        async Task WriteAsync()
        {
            if (changes.Count > 0) await target.WriteAsync(changes);
            changes.Clear();
            bytes = 0;
        }
    }
}
