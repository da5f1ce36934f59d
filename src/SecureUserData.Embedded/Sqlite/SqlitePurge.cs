namespace SecureUserData.Embedded.Sqlite;

/// <summary>Leaves nothing of what was deleted or replaced before in the files: it empties the write-ahead log, which
/// holds older copies of pages, and overwrites what is left in the pages' gaps. Whoever asks while one is under way
/// shares the next.</summary>
internal sealed class SqlitePurge(SqliteWriter writer, PageGaps gaps)
{
    private readonly Lock _gate = new();
    private readonly SemaphoreSlim _turn = new(1);
    private Task? _next;

    /// <exception cref="SecureUserDataException"><see cref="ErrorCode.Unavailable"/> when somebody reads for long.
    /// </exception>
    internal Task RunAsync()
    {
        lock (_gate) return _next ??= RunInTurnAsync();
    }

    /// <summary>Has something read the file for as long as it takes, on a thread of its own; purges wait until it is
    /// done, instead of letting every write wait for it.</summary>
    internal async Task ReadForLongAsync(Action read)
    {
        await _turn.WaitAsync();
        try
        {
            await Task.Factory.StartNew(
                read,
                CancellationToken.None,
                TaskCreationOptions.DenyChildAttach | TaskCreationOptions.LongRunning,
                TaskScheduler.Default);
        }
        finally
        {
            _turn.Release();
        }
    }

    private async Task RunInTurnAsync()
    {
        await _turn.WaitAsync().ConfigureAwait(ConfigureAwaitOptions.ForceYielding);
        try
        {
            lock (_gate) _next = null; // whoever asks from now on has deleted too late for this one
            await writer.EmptyLogAsync(null);
            var pages = await Task.Factory.StartNew(
                Find, CancellationToken.None, TaskCreationOptions.DenyChildAttach, TaskScheduler.Default);
            if (pages.Count > 0) await writer.EmptyLogAsync(() => gaps.Overwrite(pages));
        }
        finally
        {
            _turn.Release();
        }
    }

    private IReadOnlyList<long> Find() => DiskErrors.Translated(gaps.Find);
}
