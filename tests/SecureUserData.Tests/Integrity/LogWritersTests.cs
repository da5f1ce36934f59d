using SecureUserData.Ports;

namespace SecureUserData.Tests.Integrity;

/// <summary>Verification of a log with several writers.</summary>
public sealed class LogWritersTests : IAsyncLifetime
{
    private WritersBench _bench = null!;
    private MemoryWriter _first = null!;
    private MemoryWriter _second = null!;

    private MemoryLog Log => _bench.Log;

    private string Ada => _bench.Ada;

    private string Bob => _bench.Bob;

    public async ValueTask InitializeAsync()
    {
        _bench = await WritersBench.CreateAsync();
        _first = Log.Writers[0];
        _second = Log.Begin();
    }

    public ValueTask DisposeAsync() => _bench.DisposeAsync();

    [Fact]
    public async Task Chains_that_go_on_with_another_writer_and_come_back_verify()
    {
        var before = (await _bench.VerifyAsync()).Entries;
        await _bench.AppendAsync(_second, Ada, Ada, Bob);
        await _bench.AppendAsync(_first, Bob, Ada);
        var third = Log.Begin();
        await _bench.AppendAsync(third, Bob);
        await _bench.AppendAsync(_second, Bob, Ada);
        await _bench.AppendAsync(third, Ada);

        var log = await _bench.VerifyAsync();

        Assert.Equal((before + 9, 0), (log.Entries, (int)log.Summary.Loose));
        Assert.Equal([1, 2, 3], log.Writers.Select(head => head.Writer.Number));
        Assert.Equal(Log.Writers.Select(writer => writer.Batches[^1]), log.Writers.Select(head => head.Newest));
    }

    [Fact]
    public async Task Whatever_the_order_in_which_writers_append_the_log_verifies()
    {
        var seed = Environment.TickCount;
        TestContext.Current.TestOutputHelper?.WriteLine($"seed {seed}");
        var random = new Random(seed);
        for (var i = 0; i < 300; i++)
        {
            if (random.Next(20) == 0) Log.Begin();
            await _bench.AppendAsync(Log.Writers[random.Next(Log.Writers.Count)], random.Next(2) == 0 ? Ada : Bob);
            if (i % 50 == 0) await _bench.VerifyAsync();
        }
        Assert.Equal(Log.Writers.Sum(writer => writer.Rows.Count), (await _bench.VerifyAsync()).Entries);
    }

    [Fact]
    public async Task A_writer_that_was_taken_out_is_found()
    {
        await _bench.AppendAsync(_second, Bob);
        await _bench.AppendAsync(Log.Begin(), Ada);
        Log.Writers.RemoveAt(1);
        await _bench.AssertFoundAsync("writer 2 of the access log");

        Log.Writers[1].Writer = Log.Writers[1].Writer with { Number = 2 };
        await _bench.AssertFoundAsync("writer 2 of the access log");
    }

    [Fact]
    public async Task A_writer_is_not_the_only_one_where_there_were_others()
    {
        _first.Writer = LogWriter.Only;
        await _bench.AssertFoundAsync("writer 2 of the access log");
        Log.Writers.Remove(_second);
        await _bench.AssertFoundAsync("batch 1 of the access log");
    }

    [Fact]
    public async Task A_batch_that_was_taken_out_is_found()
    {
        await _bench.AppendAsync(_second, Ada, Bob, Ada, Bob);
        _second.Batches.RemoveAt(1);
        await _bench.AssertFoundAsync("batch 2 of writer 2 of the access log");
    }

    [Fact]
    public async Task A_row_that_was_taken_out_is_found()
    {
        await _bench.AppendAsync(_second, Ada, Bob, Ada, Bob);
        var last = _second.Rows[4];
        _second.Rows.Remove(4);
        await _bench.AssertFoundAsync("row 4 of writer 2 of the access log");

        _second.Rows.Add(4, last);
        _second.Rows.Remove(1);
        await _bench.AssertFoundAsync("row 1 of writer 2 of the access log");
    }

    [Fact]
    public async Task A_row_that_was_moved_to_another_writer_is_found()
    {
        await _bench.AppendAsync(_second, Ada, Bob);
        var third = Log.Begin();
        await _bench.AppendAsync(third, Bob, Ada);
        (_second.Rows[2], third.Rows[1]) = (third.Rows[1], _second.Rows[2]);
        await _bench.AssertFoundAsync("rows 2 to 2 of writer 2 of the access log");

        third.Rows[1] = _second.Rows[2];
        _second.Rows.Remove(2);
        await _bench.AssertFoundAsync("row 2 of writer 2 of the access log");
    }

    [Fact]
    public async Task Batches_of_one_writer_do_not_pass_for_anothers()
    {
        await _bench.AppendAsync(_second, Ada, Bob);
        var third = Log.Begin();
        foreach (var (position, row) in _second.Rows) third.Rows.Add(position, row);
        third.Batches.AddRange(_second.Batches);
        _second.Rows.Clear();
        _second.Batches.Clear();
        await _bench.AssertFoundAsync("batch 1 of writer 3 of the access log");
    }

    [Fact]
    public async Task Rows_that_a_killed_process_left_without_a_batch_are_counted_and_no_fault()
    {
        Log.IsHeld = true;
        await _bench.AppendAsync(_second, Ada, Bob, Ada, Bob);
        var gap = _second.Rows[4];
        _second.Rows.Remove(4); // a row that did not come through, and a later one that did
        _second.Rows.Add(7, gap);
        Log.IsHeld = false;
        await _bench.AppendAsync(_first, Bob, Ada);

        var log = await _bench.VerifyAsync();

        Assert.Equal((4, 0), ((int)log.Summary.Loose, _second.Batches.Count));
        Assert.Equal(Log.Writers.Sum(writer => writer.Rows.Count), log.Entries);
    }

    [Fact]
    public async Task Rows_without_a_batch_stand_on_their_chains()
    {
        Log.IsHeld = true;
        await _bench.AppendAsync(_second, Ada, Bob);
        Log.IsHeld = false;
        var (sequence, row) = (_second.Rows[1].Sequence, _second.Rows[1]);
        _second.Rows[1] = row with { Body = [.. row.Body.Select(b => b == (byte)'s' ? (byte)'t' : b)] };
        await _bench.AssertFoundAsync($"entry {sequence} in the access log of {Ada}");

        _second.Rows[1] = row;
        await _bench.AppendAsync(_first, Ada);
        await _bench.VerifyAsync();
        _second.Rows.Remove(1);
        await _bench.AssertFoundAsync($"entry {sequence} in the access log of {Ada}");
    }

    [Fact]
    public async Task No_more_rows_are_without_a_batch_than_one_commit_can_leave()
    {
        Log.IsHeld = true;
        await _bench.AppendAsync(_second, [.. Enumerable.Repeat(Ada, LogWriter.LooseRows)]);
        Assert.Equal(LogWriter.LooseRows, (await _bench.VerifyAsync()).Summary.Loose);

        await _bench.AppendAsync(_second, Bob);
        await _bench.AssertFoundAsync("the batch of row 1 of writer 2 of the access log");
    }

    [Fact]
    public async Task What_is_missing_is_named_and_not_what_waits_for_it()
    {
        await _bench.AppendAsync(_second, Bob);
        Log.IsHeld = true;
        var third = Log.Begin();
        await _bench.AppendAsync(third, Bob); // entry 4 of Bob is what will be missing
        Log.IsHeld = false;
        await _bench.AppendAsync(_second, Bob, Ada); // waits for it
        await _bench.AppendAsync(_first, Ada); // waits for that
        await _bench.VerifyAsync();

        var missing = third.Rows[1].Sequence;
        third.Rows.Clear();

        await _bench.AssertFoundAsync($"entry {missing} in the access log of {Bob}");
    }

    [Fact]
    public async Task An_entry_that_stands_twice_is_found()
    {
        await _bench.AppendAsync(_second, Bob);
        var third = Log.Begin();
        third.Rows.Add(1, _second.Rows[1]);
        await _bench.AssertFoundAsync($"entry {_second.Rows[1].Sequence + 1} in the access log of {Bob}");
    }

    [Fact]
    public async Task A_log_that_goes_on_meanwhile_verifies()
    {
        await _bench.AppendAsync(_second, Bob);
        var looks = 0;
        Log.Scanning = (writer, after) =>
        {
            if (writer != 2 || looks++ > 0) return;
            // The first writer has been gone through; what it appends now comes before what is met next.
            _bench.AppendAsync(_first, Ada, Bob).GetAwaiter().GetResult();
            _bench.AppendAsync(_second, Bob, Ada).GetAwaiter().GetResult();
            _bench.AppendAsync(Log.Begin(), Ada).GetAwaiter().GetResult();
            _bench.AppendAsync(_second, Ada).GetAwaiter().GetResult();
        };

        var log = await _bench.VerifyAsync();

        Assert.Equal(Log.Writers.Sum(writer => writer.Rows.Count), log.Entries);
        Assert.Equal(3, log.Writers.Count);
    }

    [Fact]
    public async Task Rows_that_get_their_batch_meanwhile_are_counted_once()
    {
        Log.IsHeld = true;
        await _bench.AppendAsync(_first, Ada, Bob); // not finished when the first writer is gone through
        var looks = 0;
        Log.Scanning = (writer, after) =>
        {
            if (writer != 2 || looks++ > 0) return;
            _bench.AppendAsync(_first, Ada).GetAwaiter().GetResult();
            Log.Commit();
            _bench.AppendAsync(_second, Ada).GetAwaiter().GetResult();
        };

        var log = await _bench.VerifyAsync();

        Assert.Equal(Log.Writers.Sum(writer => writer.Rows.Count), log.Entries);
        Assert.Equal([0, 1], log.Writers.Select(writer => writer.Loose));
    }

    [Fact]
    public async Task A_whole_log_of_writers_without_rows_verifies()
    {
        Log.Begin();
        Log.Begin();
        Assert.Equal([0, 0, 0], (await _bench.VerifyAsync()).Writers.Skip(1).Select(head => head.Newest?.Last ?? 0));
    }
}
