using System.Buffers.Text;
using System.Text;
using SecureUserData.AccessLog;

namespace SecureUserData.Tests.Integrity;

/// <summary>What stands on a log with several writers: anchors, the look at the end, and reports.</summary>
public sealed class LogWritersEvidenceTests : IAsyncLifetime
{
    private static readonly DateTimeOffset At = new(2026, 3, 2, 9, 0, 0, TimeSpan.Zero);

    private WritersBench _bench = null!;
    private MemoryWriter _first = null!;
    private MemoryWriter _second = null!;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private MemoryLog Log => _bench.Log;

    private string Ada => _bench.Ada;

    private string Bob => _bench.Bob;

    private NewestRows End => new(Log, _bench.Host.Services.Installation);

    public async ValueTask InitializeAsync()
    {
        _bench = await WritersBench.CreateAsync();
        _first = Log.Writers[0];
        _second = Log.Begin();
        await _bench.AppendAsync(_second, Ada, Bob);
        await _bench.AppendAsync(_first, Bob, Ada);
    }

    public ValueTask DisposeAsync() => _bench.DisposeAsync();

    [Fact]
    public async Task An_anchor_states_the_newest_batch_of_each_writer_and_goes_on_holding()
    {
        var third = Log.Begin();
        var anchor = await AnchorAsync();

        var claims = Claims(anchor);
        Assert.Contains("\"newest\":null,", claims, StringComparison.Ordinal);
        Assert.Contains($"\"writers\":[{Json(_first)},{Json(_second)}]", claims, StringComparison.Ordinal);
        await CompareAsync(anchor);

        await _bench.AppendAsync(third, Ada);
        await _bench.AppendAsync(_second, Bob);
        Log.Begin();
        await CompareAsync(anchor);
    }

    [Fact]
    public async Task An_anchor_finds_that_newest_batches_of_one_writer_are_gone()
    {
        await _bench.AppendAsync(_second, Ada);
        var anchor = await AnchorAsync();
        var batch = _second.Batches[^1];
        _second.Batches.RemoveAt(_second.Batches.Count - 1); // the row stays, and is loose
        Assert.Equal(1, (await _bench.VerifyAsync()).Summary.Loose);
        await Evidence.AssertFoundAsync(
            () => CompareAsync(anchor),
            "writer 2 of the access log is shorter than the anchor of 2026-03-02 09:00:00Z says: "
            + "it ends with entry 2, not 3");

        _second.Batches.Add(batch);
        await CompareAsync(anchor);
    }

    [Fact]
    public async Task An_anchor_finds_a_writer_without_whom_all_chains_hold()
    {
        var third = Log.Begin();
        await _bench.AppendAsync(third, Ada);
        var anchor = await AnchorAsync();
        // The row is put where no batch covers it, and its writer goes.
        _first.Rows.Add(_first.Rows.Keys[^1] + 1, third.Rows[1]);
        Log.Writers.Remove(third);
        await _bench.VerifyAsync();

        await Evidence.AssertFoundAsync(
            () => CompareAsync(anchor),
            "writer 3 of the access log is gone: the anchor of 2026-03-02 09:00:00Z has it up to entry 1");
    }

    [Fact]
    public async Task A_look_at_the_end_finds_what_is_missing_with_any_of_the_newest_writers()
    {
        await _bench.AppendAsync(Log.Begin(), Ada, Bob);
        await End.CheckAsync();

        var row = _second.Rows[1];
        _second.Rows.Remove(1);
        await Evidence.AssertFoundAsync(End.CheckAsync, "row 1 of writer 2 of the access log");
        _second.Rows.Add(1, row);

        var batch = _first.Batches[1];
        _first.Batches.RemoveAt(1);
        await Evidence.AssertFoundAsync(End.CheckAsync, "batch 2 of writer 1 of the access log");
        _first.Batches.Insert(1, batch);

        Log.Writers.RemoveAt(1);
        await Evidence.AssertFoundAsync(End.CheckAsync, "writer 2 of the access log");
    }

    [Fact]
    public async Task A_look_at_the_end_takes_no_offence_at_commits_under_way()
    {
        Log.IsHeld = true;
        await _bench.AppendAsync(_second, Ada, Bob);
        _second.Rows.Add(9, _second.Rows[4]);
        _second.Rows.Remove(4);
        await End.CheckAsync();

        _second.Rows.Remove(2); // the batch has it
        await Evidence.AssertFoundAsync(End.CheckAsync, "row 2 of writer 2 of the access log");
    }

    [Fact]
    public async Task A_report_has_the_entries_of_all_writers_and_a_cursor_finds_what_any_of_them_appends_later()
    {
        var (found, cursors) = await ReportAsync(null, 1);
        Assert.Equal(4, found.Count);
        Assert.Equal(4, found.Distinct().Count());
        var last = cursors[^1]!;
        Assert.Equal("1:" + _first.Rows.Keys[^1] + ",2:2", last);

        await _bench.AppendAsync(_first, Ada);
        await _bench.AppendAsync(Log.Begin(), Bob, Ada);
        await _bench.AppendAsync(_second, Bob);

        var (later, _) = await ReportAsync(last, 2);
        Assert.Equal(4, later.Count);
        Assert.Equal(8, found.Concat(later).Distinct().Count());
    }

    [Fact]
    public async Task A_number_alone_is_a_cursor_of_the_first_writer()
    {
        var (all, _) = await ReportAsync("0", 10);
        var (others, _) = await ReportAsync(_first.Rows.Keys[^1].ToString(), 10);
        Assert.Equal([4, 2], new[] { all.Count, others.Count });
        Assert.Equal(2, (await ReportAsync("1:99999", 10)).Found.Count);
        Assert.Empty((await ReportAsync("1:99999,2:99999", 10)).Found);
    }

    [Theory]
    [InlineData("1:")]
    [InlineData(":1")]
    [InlineData("1:2,")]
    [InlineData("1:2,1:3")]
    [InlineData("1:-2")]
    [InlineData("1:2:3")]
    [InlineData("1,2")]
    public async Task What_is_no_cursor_is_refused(string cursor) => Assert.Equal(
        ErrorCode.Invalid,
        (await Assert.ThrowsAsync<SecureUserDataException>(() => ReportAsync(cursor, 10))).Code);

    private async Task<(List<(string, long)> Found, List<string?> Cursors)> ReportAsync(string? cursor, int limit)
    {
        var (found, cursors) = (new List<(string, long)>(), new List<string?>());
        do
        {
            var page = await _bench.Host.Shop.Get(_bench.Host.ShopId).ListAccessesAsync(null, cursor, limit);
            found.AddRange(page.Items.Select(entry => (entry.Chain, entry.Sequence)));
            cursor = page.Next;
            if (cursor is not null) cursors.Add(cursor);
        }
        while (cursor is not null);
        return (found, cursors);
    }

    private async Task<byte[]> AnchorAsync()
    {
        using var anchor = new MemoryStream();
        await AnchorWriter.WriteAsync(
            anchor, await _bench.VerifyAsync(), _bench.Host.Services.Installation, At, Cancellation);
        return anchor.ToArray();
    }

    private async Task CompareAsync(byte[] anchor)
    {
        var comparison = new LogComparison(
            _bench.Host.Services, new LogEvidence { Anchors = [new MemoryStream(anchor)] });
        await comparison.CheckAsync(Cancellation);
        await comparison.RunAsync(await _bench.VerifyAsync(), Cancellation);
    }

    private static string Claims(byte[] anchor) =>
        Encoding.UTF8.GetString(Base64Url.DecodeFromChars(Encoding.ASCII.GetString(anchor).Split('.')[1]));

    private static string Json(MemoryWriter writer)
    {
        var (batch, number) = (writer.Batches[^1], writer.Writer.Number);
        return $"{{\"number\":{batch.Number},\"last\":{batch.Last},\"mac\":\"{Base64Url.EncodeToString(batch.Mac)}\""
            + (number == 1 ? "}" : $",\"writer\":{number}}}");
    }
}
