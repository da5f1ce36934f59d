namespace SecureUserData.Embedded.Sqlite;

/// <summary>Leaves nothing of what was deleted or replaced before in the files: it empties the write-ahead log, which
/// holds older copies of pages, and overwrites what is left in the pages' gaps. Whoever asks while one is under way
/// shares the next. What reads for long and a purge take turns.</summary>
internal sealed class SqlitePurge(SqliteWriter writer, SqliteReaders readers, PageGaps gaps)
{
    private readonly Lock _gate = new();
    private Task? _next;

    /// <exception cref="SecureUserDataException"><see cref="ErrorCode.Unavailable"/> when somebody reads for long.
    /// </exception>
    internal Task RunAsync()
    {
        lock (_gate) return _next ??= RunInTurnAsync();
    }

    private async Task RunInTurnAsync()
    {
        await readers.ForLong.WaitAsync().ConfigureAwait(ConfigureAwaitOptions.ForceYielding);
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
            readers.ForLong.Release();
        }
    }

    private IReadOnlyList<long> Find() => DiskErrors.Translated(gaps.Find);
}
