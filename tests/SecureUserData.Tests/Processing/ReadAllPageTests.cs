using SecureUserData.Processing;

namespace SecureUserData.Tests.Processing;

/// <summary>How a page of a read-all fills, and where it ends.</summary>
public sealed class ReadAllPageTests
{
    private static readonly UserId[] Users = [.. Enumerable.Range(0, 300).Select(_ => UserId.New())];

    [Fact]
    public async Task So_many_readings_are_under_way_as_the_page_could_take_at_their_largest()
    {
        Assert.Equal(8, await UnderWayAsync(new ReadAllPage(fields: 256)));
        Assert.Equal(42, await UnderWayAsync(new ReadAllPage(fields: 3)));
        Assert.Equal(ReadAllPage.MaxUnderWay, await UnderWayAsync(new ReadAllPage(fields: 1)));

        foreach (var (bytes, expected) in ((int, int)[])[(10, ReadAllPage.MaxUnderWay), (100_000, 82), (1_000_000, 7)])
        {
            var page = new ReadAllPage(fields: 256);
            page.Add(Users[^1], Of(bytes)); // the first that is known
            Assert.Equal(expected, await UnderWayAsync(page));
        }
    }

    [Fact]
    public async Task A_page_is_in_order_and_ends_before_what_would_be_too_much()
    {
        var page = new ReadAllPage(fields: 256);
        var waiting = new TaskCompletionSource<Reading?>();
        page.Add(Users[0], waiting.Task);
        for (var i = 1; i < 6; i++) page.Add(Users[i], Of(3_000_000));
        waiting.SetResult(await Of(3_000_000));

        var ended = await page.EndAsync(more: false);

        Assert.Equal(Users[..2], ended.Items.Select(item => item.User));
        Assert.Equal(Users[1].ToString(), ended.Next);
    }

    [Fact]
    public async Task One_reading_that_is_larger_than_a_page_is_a_page()
    {
        var page = new ReadAllPage(fields: 1);
        page.Add(Users[0], Of(Limits.PageBytes + 1));
        page.Add(Users[1], Of(1));

        var ended = await page.EndAsync(more: false);

        Assert.Equal(Users[..1], ended.Items.Select(item => item.User));
        Assert.Equal(Users[0].ToString(), ended.Next);
    }

    [Fact]
    public async Task Whoever_does_not_allow_it_is_looked_at_and_left_out()
    {
        var page = new ReadAllPage(fields: 1);
        for (var i = 0; i < 3; i++) page.Add(Users[i], Task.FromResult<Reading?>(null));

        var ended = await page.EndAsync(more: true);

        Assert.Empty(ended.Items);
        Assert.Equal(Users[2].ToString(), ended.Next);
    }

    [Fact]
    public async Task A_failure_ends_the_page_before_it_and_is_told_when_nothing_stands_before_it()
    {
        var tampered = Task.FromException<Reading?>(SecureUserDataException.Tampered("here"));
        var page = new ReadAllPage(fields: 1);
        page.Add(Users[0], Of(1));
        page.Add(Users[1], tampered);
        page.Add(Users[2], Of(1));
        page.Add(Users[3], Task.FromException<Reading?>(SecureUserDataException.Unavailable("later")));
        var ended = await page.EndAsync(more: false);
        Assert.Equal(Users[..1], ended.Items.Select(item => item.User));
        Assert.Equal(Users[0].ToString(), ended.Next);

        var next = new ReadAllPage(fields: 1);
        next.Add(Users[1], tampered);
        next.Add(Users[2], Of(1));
        var failure = await Assert.ThrowsAsync<SecureUserDataException>(() => next.EndAsync(more: false));
        Assert.Equal((ErrorCode.Tampered, Users[1].ToString()), (failure.Code, failure.Cursor));
        Assert.Contains("here", failure.Message);
        Assert.Contains(Users[1].ToString(), failure.Message);
    }

    [Fact]
    public async Task A_failure_that_may_pass_says_no_way_around_it()
    {
        var page = new ReadAllPage(fields: 1);
        page.Add(Users[0], Task.FromException<Reading?>(SecureUserDataException.Unavailable("for now")));

        var failure = await Assert.ThrowsAsync<SecureUserDataException>(() => page.EndAsync(more: true));

        Assert.Equal((ErrorCode.Unavailable, null), (failure.Code, failure.Cursor));
    }

    /// <summary>Adds readings that do not end until there is no room for another.</summary>
    private static async Task<int> UnderWayAsync(ReadAllPage page)
    {
        var waiting = new TaskCompletionSource<Reading?>();
        for (var count = 0; ; count++)
        {
            var room = page.HasRoomAsync();
            if (!room.IsCompleted)
            {
                waiting.SetResult(null);
                await room;
                return count;
            }
            page.Add(Users[count], waiting.Task);
        }
    }

    private static Task<Reading?> Of(int bytes) => Task.FromResult<Reading?>(
        new Reading(new Dictionary<string, string> { ["name"] = new('x', bytes) }, null));
}
