using Microsoft.Data.Sqlite;
using SecureUserData.Cryptography;
using SecureUserData.Embedded.Sqlite;
using SecureUserData.Tests.Cryptography;
using SecureUserData.Tests.Integrity;

namespace SecureUserData.Tests.Hosting;

/// <summary>The write-ahead log: its number ties it to the file at every moment, and it does not grow without end.
/// </summary>
public sealed class WriteAheadLogTests : IDisposable
{
    private const string Insert = "INSERT INTO unique_key (key, holder, epoch) VALUES (hex(randomblob(8)), '', 1);";
    private const int HeaderLength = 32;

    private readonly DataFolder _folder = new();

    [Fact]
    public void A_crash_at_any_moment_leaves_a_file_and_a_log_that_belong_together()
    {
        const int seed = 20260303;
        TestContext.Current.TestOutputHelper?.WriteLine($"seed {seed}");
        var random = new Random(seed);
        using var connection = SqliteFile.OpenWriter(_folder.Database, create: true);
        var log = new WriteAheadLog(connection, foldAfter: 25);
        log.Fold();
        var (first, rows) = (log.Version.Log, 0);
        for (var step = 0; step < 300; step++)
        {
            using var reader = random.Next(4) == 0 ? Pin() : null; // part of it cannot be folded then
            for (var writes = random.Next(20); writes > 0; writes--, rows++) log.Transact(Insert);
            log.FoldIfDue();
            if (random.Next(3) == 0) AssertOpensAfterCrash(rows);
            if (random.Next(20) == 0 && reader is null) Assert.True(log.TryEmpty());
        }
        Assert.InRange(log.Version.Log - first, 20, 300);
    }

    [Fact]
    public void A_log_of_two_numbers_on_is_refused()
    {
        using var connection = SqliteFile.OpenWriter(_folder.Database, create: true);
        var log = new WriteAheadLog(connection);
        using var backup = _folder.Copy();
        for (var time = 0; time < 3; time++)
        {
            log.Fold();
            log.Transact(Insert);
            File.Copy(_folder.Log, backup.Log, overwrite: true);
            if (time == 0) SqliteFile.OpenWriter(backup.Database, create: false).Dispose();
            else Assert.Throws<SecureUserDataException>(() => SqliteFile.OpenWriter(backup.Database, create: false));
        }
    }

    [Fact]
    public void A_log_that_SQLite_begins_anew_by_itself_has_another_number_too()
    {
        using var connection = SqliteFile.OpenWriter(_folder.Database, create: true);
        var log = new WriteAheadLog(connection);
        log.Fold();
        log.Transact(Insert);
        log.Fold();
        using var backup = _folder.Copy();
        log.Transact(Insert);
        using (Pin()) log.Fold(); // all of it is in the file, and cannot be begun anew
        var header = File.ReadAllBytes(_folder.Log)[..HeaderLength];
        for (var time = 0; time < 2; time++) log.Transact(Insert);

        Assert.NotEqual(header, File.ReadAllBytes(_folder.Log)[..HeaderLength]); // it is another one
        File.Copy(_folder.Log, backup.Log);
        Assert.Throws<SecureUserDataException>(() => SqliteFile.OpenWriter(backup.Database, create: false));
    }

    [Fact]
    public async Task What_reads_for_long_and_a_purge_take_turns()
    {
        using var folder = new DataFolder();
        using var store = new SqliteStore(folder.Database, create: true);
        using var keys = KeyHierarchyTests.InstallationWith(new byte[SecretKey.Length]);
        store.Start(keys);
        using var end = new ManualResetEventSlim();
        var reading = store.ReadForLongAsync(end.Wait);
        var cancellation = TestContext.Current.CancellationToken;
        Task[] waiting = [store.States.CheckAsync(), store.Log.CheckAsync(cancellation), store.PurgeAsync()];

        Assert.DoesNotContain(waiting, task => task.IsCompleted);
        end.Set();
        await reading;
        await Task.WhenAll(waiting);
    }

    [Fact]
    public void The_number_begins_anew_after_the_last()
    {
        var last = FileVersion.Of(int.MaxValue);
        Assert.Equal(int.MaxValue, last.Number);
        Assert.Equal(0, last.Next.Log);
        Assert.Equal(last.Schema, last.Next.Schema);
        Assert.True(last.Next.Follows(last));
        Assert.False(last.Follows(last.Next));
    }

    [Fact]
    public async Task The_log_does_not_grow_while_others_read()
    {
        using var writer = new SqliteWriter(SqliteFile.OpenWriter(_folder.Database, create: true));
        using var readers = new SqliteReaders(_folder.Database);
        writer.Start();
        using var stop = new CancellationTokenSource();
        var reading = Task.WhenAll(Enumerable.Range(0, 2).Select(_ => Task.Factory.StartNew(
            () =>
            {
                while (!stop.IsCancellationRequested)
                    readers.List("SELECT key FROM unique_key LIMIT 1000", [], row => row.Text(0));
            },
            TaskCreationOptions.LongRunning)));
        var written = 0L; // several times as much as the log has grown to, however slow the machine
        for (var row = 0; written < 3 * new FileInfo(_folder.Log).Length || written < 40_000_000; row++)
        {
            Assert.True(row < 500, "The log grows without end.");
            await writer.WriteAsync((row, envelope: new byte[1_000_000]), static (w, put) => w.Prepare(
                "INSERT INTO record (user, collection, id, envelope) VALUES ('u', 'c', $1, $2)")
                .Run($"{put.row}", put.envelope));
            written += 1_000_000;
        }
        await stop.CancelAsync();
        await reading;
    }

    private SqliteConnection Pin()
    {
        var reader = SqliteFile.OpenReader(_folder.Database);
        SqliteFile.Execute(reader, "BEGIN; SELECT count(*) FROM unique_key");
        return reader;
    }

    private void AssertOpensAfterCrash(int rows)
    {
        using var crashed = CrashedFolder.Copy(_folder);
        using var connection = SqliteFile.OpenWriter(crashed.Database, create: false);
        Assert.Equal(rows, SqliteFile.Number(connection, "SELECT count(*) FROM unique_key"));
    }

    public void Dispose() => _folder.Dispose();
}
