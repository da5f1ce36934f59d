using System.Collections.Concurrent;
using System.Threading.Channels;
using SecureUserData.Applications;
using SecureUserData.Cluster.Telemetry;
using SecureUserData.Ports;

namespace SecureUserData.Cluster.Mongo;

/// <summary>The one loop of a process that appends to the log. What comes while a commit is under way shares the next
/// one, with at most one row of each chain. The batch over some commits is stored while the next one is, or when no
/// more rows have come for a moment.</summary>
internal sealed class LogCommits : IAsyncDisposable
{
    /// <summary>So that two commits, and what was short of a batch before them, are no more than the rows which a crash
    /// may leave loose.</summary>
    private const int MaxRows = (LogWriter.LooseRows - RegisteredWriter.BatchRows) / 2;

    private const long MaxBytes = Limits.PageBytes;

    private static readonly TimeSpan Moment = TimeSpan.FromMilliseconds(20);

    private readonly Channel<LogAppend?> _queue =
        Channel.CreateUnbounded<LogAppend?>(new UnboundedChannelOptions { SingleReader = true });
    private readonly ConcurrentQueue<TaskCompletionSource> _closings = [];
    private readonly LogCollections _log;
    private readonly InstallationKeys _keys;
    private readonly ChainHeads _heads;
    private readonly Task _work;
    private readonly ITimer _moment;
    private List<LogAppend> _waiting = [];
    private volatile RegisteredWriter? _writer;

    internal LogCommits(LogCollections log, InstallationKeys keys)
    {
        (_log, _keys, _heads) = (log, keys, new ChainHeads(log.Rows));
        _moment = TimeProvider.System.CreateTimer(
            _ => _queue.Writer.TryWrite(null), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        _work = Task.Factory.StartNew(
            WorkAsync, CancellationToken.None, TaskCreationOptions.DenyChildAttach, TaskScheduler.Default).Unwrap();
    }

    /// <summary>The writer; null before the first row, and after a failure until the next one.</summary>
    internal LogWriter? Writer => _writer?.Writer;

    /// <summary>Ends when the row is stored. One that nothing could store is refused here, before it shares a commit
    /// with others.</summary>
    internal Task AppendAsync(LogRow row)
    {
        if (row is not { Chain: not null, Body: not null, Mac: not null })
            return Task.FromException(new ArgumentException("The row is not whole.", nameof(row)));
        var append = new LogAppend(row);
        return _queue.Writer.TryWrite(append) ? append.Task : Task.FromException(Closed());
    }

    /// <summary>Ends when there is a batch over every row that was stored before.</summary>
    internal async Task CloseBatchAsync()
    {
        var closing = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _closings.Enqueue(closing);
        if (!_queue.Writer.TryWrite(null)) throw Closed();
        await closing.Task;
    }

    private async Task WorkAsync()
    {
        while (_waiting.Count > 0 || await _queue.Reader.WaitToReadAsync())
        {
            var commit = TakeCommit();
            if (commit.Count > 0)
            {
                await TryAsync(commit, CommitAsync);
                _moment.Change(Moment, Timeout.InfiniteTimeSpan);
            }
            if (commit.Count == 0 || !_closings.IsEmpty) await TryCloseAsync();
        }
        await TryCloseAsync();
        _writer?.Dispose();
    }

    /// <summary>After a failure nobody knows what was stored. The process goes on as another writer, so that rows
    /// which come in late are loose rows of the one before.</summary>
    private async Task TryAsync(IReadOnlyList<LogAppend> commit, Func<IReadOnlyList<LogAppend>, Task> run)
    {
        try
        {
            await run(commit);
        }
        catch (Exception e)
        {
            var failure = MongoErrors.IsOfDatabase(e) ? MongoErrors.Unavailable() : e;
            foreach (var append in commit)
            {
                _heads.Forget(append);
                append.Failed(failure);
            }
            _writer?.Dispose();
            _writer = null;
        }
    }

    private async Task CommitAsync(IReadOnlyList<LogAppend> commit)
    {
        var next = await _heads.TakeNextAsync(commit);
        if (next.Count == 0) return;
        _writer ??= await RegisteredWriter.BeginAsync(_log, _keys);
        var error = await _writer.StoreAsync(next, Stored);
        LogMetrics.Committed(error?.Index ?? next.Count);
        if (error is null) return;
        for (var i = error.Index; i < next.Count; i++) _heads.Forget(next[i]); // one look finds all that have gone on
        if (MongoErrors.IsDuplicate(error)) next[error.Index].Conflicts();
        else next[error.Index].Failed(MongoErrors.Unavailable());
        _waiting.InsertRange(0, next.Skip(error.Index + 1));
    }

    private void Stored(LogAppend append)
    {
        _heads.Stored(append);
        append.Stored();
    }

    private Task TryCloseAsync() => TryAsync([], _ => CloseAsync());

    private async Task CloseAsync()
    {
        var asked = _closings.Count;
        try
        {
            if (_writer is not null) await _writer.CloseAsync();
        }
        finally
        {
            // After a failure, too: those rows stay loose.
            for (; asked > 0 && _closings.TryDequeue(out var closing); asked--) closing.TrySetResult();
        }
    }

    /// <summary>As many as fit, in the order in which they came; where one of a chain waits, so do the later ones.
    /// </summary>
    private List<LogAppend> TakeCommit()
    {
        while (_queue.Reader.TryRead(out var append))
            if (append is not null) _waiting.Add(append);
        var commit = new List<LogAppend>();
        var left = new List<LogAppend>();
        var chains = new HashSet<string>(StringComparer.Ordinal);
        long bytes = 0;
        foreach (var append in _waiting)
            if (chains.Add(append.Row.Chain) && commit.Count < MaxRows && bytes < MaxBytes)
            {
                commit.Add(append);
                bytes += append.Bytes;
            }
            else
            {
                left.Add(append);
            }
        _waiting = left;
        return commit;
    }

    private static SecureUserDataException Closed() =>
        SecureUserDataException.Unavailable("The stores have been closed: nothing is written any more.");

    public async ValueTask DisposeAsync()
    {
        await _moment.DisposeAsync();
        _queue.Writer.TryComplete();
        await _work;
    }
}
