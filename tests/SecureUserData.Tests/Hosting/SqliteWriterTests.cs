using SecureUserData.Applications;
using SecureUserData.Cryptography;
using SecureUserData.Embedded.Sqlite;
using SecureUserData.Ports;
using SecureUserData.Tests.Cryptography;
using SecureUserData.Tests.Integrity;

namespace SecureUserData.Tests.Hosting;

/// <summary>One writer: group commits, one bad write alone, and nothing after an error of the disk.</summary>
public sealed class SqliteWriterTests : IDisposable
{
    private readonly DataFolder _folder = new();
    private readonly InstallationKeys _keys = KeyHierarchyTests.InstallationWith(new byte[SecretKey.Length]);
    private readonly SqliteWriter _writer;
    private readonly SqliteReaders _readers;
    private readonly SqliteAccessLog _log;

    public SqliteWriterTests()
    {
        _writer = new SqliteWriter(SqliteFile.OpenWriter(_folder.Database, create: true));
        _readers = new SqliteReaders(_folder.Database);
        _log = new SqliteAccessLog(_writer, _readers, _keys);
        _writer.BatchEnd = _log;
        _writer.Start();
    }

    [Fact]
    public async Task Writes_that_come_together_share_few_commits()
    {
        using (Hold(out var held))
        {
            var writes = Enumerable.Range(0, 2_000).Select(i => _log.AppendAsync(Row($"chain {i}", 1))).ToList();
            Assert.DoesNotContain(writes, write => write.IsCompleted); // nothing is acknowledged before its commit
            held.Release();
            await Task.WhenAll(writes);
        }
        var batches = await _log.BatchesAsync(1, 0, Limits.PageItems);
        Assert.Equal(2, batches.Count); // at most 1,024 writes a commit
        Assert.Equal(2_000, batches[^1].Last);
    }

    [Fact]
    public async Task One_bad_write_fails_alone()
    {
        using var hold = Hold(out var held);
        var before = _log.AppendAsync(Row("a", 1));
        var refused = _log.AppendAsync(Row("a", 3)); // not the next of its chain
        var bad = _writer.WriteAsync(0, static (w, _) =>
            w.Prepare("INSERT INTO state (id, version, owner, tags, body) VALUES ('x', 1, NULL, '', x'00')").Run());
        var after = _log.AppendAsync(Row("a", 2));
        held.Release();
        await before;
        await after;
        Assert.Equal(ErrorCode.Conflict, (await Assert.ThrowsAsync<SecureUserDataException>(() => refused)).Code);
        Assert.Equal(ErrorCode.Invalid, (await Assert.ThrowsAsync<SecureUserDataException>(() => bad)).Code);
        Assert.Equal([1, 2], (await _log.ReadAsync("a", 1, 10)).Select(row => row.Sequence));
        await _log.AppendAsync(Row("a", 3)); // and the writer goes on
    }

    [Fact]
    public async Task Whoever_has_seen_a_row_finds_it_by_its_chain()
    {
        using var end = new HeldEnd(_log);
        _writer.BatchEnd = end;
        var append = _log.AppendAsync(Row("a", 1));
        await end.OnDisk; // and not known in memory
        IReadOnlyList<LogScanRow> seen = [];
        IReadOnlyList<LogRow> found = [];
        var reader = new Thread(() =>
        {
            seen = _log.ScanAsync(1, 0, 10).Result;
            found = _log.ReadAsync("a", 1, 10).Result;
        });
        reader.Start();
        SpinWait.SpinUntil(() => reader.ThreadState.HasFlag(ThreadState.WaitSleepJoin) || !reader.IsAlive);
        end.Release();
        reader.Join();
        await append;
        Assert.Equal(1, Assert.Single(seen).Row.Sequence);
        Assert.Equal(1, Assert.Single(found).Sequence);
    }

    [Fact]
    public async Task A_full_disk_closes_the_store_and_all_that_was_acknowledged_is_there()
    {
        for (var i = 1; i <= 20; i++) await _log.AppendAsync(Row("a", i));
        using (Hold(out var held))
        {
            await held.Entered;
            var refused = _log.AppendAsync(Row("a", 99)); // failed before the disk does: it must be told only once
            var pages = _writer.WriteAsync(0, static (w, _) => w.Prepare("PRAGMA max_page_count=1").Value());
            var body = new byte[10_000];
            var large = Enumerable.Range(0, 1_500).Select(i => _log.AppendAsync(Row($"b{i}", 1, body))).ToList();
            held.Release();
            Assert.Equal(ErrorCode.Conflict, (await Assert.ThrowsAsync<SecureUserDataException>(() => refused)).Code);
            foreach (var write in large.Append(pages))
            {
                var failure = await Assert.ThrowsAsync<SecureUserDataException>(() => write);
                Assert.Equal(ErrorCode.Unavailable, failure.Code);
                Assert.Contains("disk is full", failure.Message, StringComparison.Ordinal);
            }
        }
        var late = await Assert.ThrowsAsync<SecureUserDataException>(() => _log.AppendAsync(Row("a", 21)));
        Assert.Contains("disk is full", late.Message, StringComparison.Ordinal);
        Assert.Equal(20, (await _log.TailAsync("a", 1))[0].Sequence); // reading goes on
        _readers.Dispose();
        _writer.Dispose();

        using var writer = new SqliteWriter(SqliteFile.OpenWriter(_folder.Database, create: false));
        using var readers = new SqliteReaders(_folder.Database);
        using var log = new SqliteAccessLog(writer, readers, _keys);
        writer.BatchEnd = log;
        writer.Start();
        Assert.Equal(20, log.Count);
        await log.AppendAsync(Row("a", 21));
        var batches = await log.BatchesAsync(1, 0, Limits.PageItems);
        Assert.Equal(21, batches[^1].Last);
        Assert.Equal(21, batches.Count);
    }

    [Fact]
    public async Task Nothing_that_is_queued_behind_an_error_is_written_also_if_the_disk_is_well_again()
    {
        using (Hold(out var held))
        {
            var bad = _writer.WriteAsync<int, int>(0, static (w, _) =>
            {
                w.Prepare("ROLLBACK").Run(); // as SQLite does by itself after some errors
                throw new IOException("the disk has failed once");
            });
            var behind = Enumerable.Range(0, 3_000).Select(i => _log.AppendAsync(Row($"d{i}", 1))).ToList();
            held.Release();
            foreach (var write in behind.Append(bad))
                Assert.Equal(
                    ErrorCode.Unavailable, (await Assert.ThrowsAsync<SecureUserDataException>(() => write)).Code);
        }
        _readers.Dispose();
        _writer.Dispose();
        Assert.Equal(0, _folder.Value<long>("SELECT count(*) FROM log"));
    }

    [Fact]
    public async Task What_is_queued_when_the_store_is_closed_is_still_written()
    {
        List<Task> writes;
        using (Hold(out var held))
        {
            writes = [.. Enumerable.Range(0, 100).Select(i => _log.AppendAsync(Row($"c{i}", 1)))];
            held.Release();
        }
        _writer.Dispose();
        await Task.WhenAll(writes);
        Assert.Equal(100, _folder.Value<long>("SELECT count(*) FROM log"));
    }

    internal static LogRow Row(string chain, long sequence, byte[]? body = null) =>
        new(chain, sequence, body ?? [1, 2, 3], new byte[32]);

    /// <summary>Holds the writer's thread inside a write of its own, so that what comes meanwhile comes
    /// together.</summary>
    private IDisposable Hold(out Held held)
    {
        held = new Held();
        held.Write = _writer.WriteAsync(held, static (_, hold) =>
        {
            hold.Enter();
            return 0;
        });
        held.Entered.Wait();
        return held;
    }

    public void Dispose()
    {
        _readers.Dispose();
        _writer.Dispose();
        _log.Dispose();
        _keys.Dispose();
        _folder.Dispose();
    }

    private sealed class Held : IDisposable
    {
        private readonly TaskCompletionSource _entered = new();
        private readonly ManualResetEventSlim _gate = new();

        internal Task Entered => _entered.Task;

        internal Task Write { get; set; } = Task.CompletedTask;

        internal void Enter()
        {
            _entered.SetResult();
            _gate.Wait();
        }

        internal void Release() => _gate.Set();

        public void Dispose() => Release();
    }

    /// <summary>Holds the writer's thread between a commit and what is known of it in memory.</summary>
    private sealed class HeldEnd(IBatchEnd log) : IBatchEnd, IDisposable
    {
        private readonly TaskCompletionSource _onDisk = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private readonly ManualResetEventSlim _gate = new();

        internal Task OnDisk => _onDisk.Task;

        public bool HasMore => log.HasMore;

        public void Run(SqliteWriter writer) => log.Run(writer);

        public void Committed()
        {
            _onDisk.SetResult();
            _gate.Wait();
            log.Committed();
        }

        public void RolledBack() => log.RolledBack();

        internal void Release() => _gate.Set();

        public void Dispose() => Release();
    }
}
