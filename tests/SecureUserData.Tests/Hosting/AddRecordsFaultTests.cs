namespace SecureUserData.Tests.Hosting;

/// <summary>A step of records where storage fails, and the call is repeated.</summary>
public sealed class AddRecordsFaultTests
{
    public static TheoryData<string, bool> Failures => new(
        from failure in (FailingPorts.Failure[])
        [
            FailingPorts.Failure.BeforeSavingState, FailingPorts.Failure.AfterSavingState,
            FailingPorts.Failure.BeforeAppending, FailingPorts.Failure.AfterAppending,
        ]
        from isFirst in (bool[])[true, false]
        where isFirst || failure is FailingPorts.Failure.BeforeAppending or FailingPorts.Failure.AfterAppending
        select (failure.ToString(), isFirst));

    [Theory]
    [MemberData(nameof(Failures))]
    public async Task A_step_that_failed_added_nothing_and_the_repeated_one_adds_all(string failure, bool isFirst)
    {
        await using var bench = await HostBench.CreateAsync();
        var (id, user, _) = await bench.UserAsync();
        var shop = bench.Shop.Get(id);
        var before = isFirst ? 0 : (await shop.AddRecordsAsync("letters", Texts(2))).Count; // reserves uses of the key
        var reserved = await bench.ReservedUsesAsync(id);
        var batch = Texts(3);
        bench.Ports.Next = Enum.Parse<FailingPorts.Failure>(failure);

        var refusal = await Assert.ThrowsAsync<SecureUserDataException>(() => shop.AddRecordsAsync("letters", batch));

        Assert.Equal(ErrorCode.Unavailable, refusal.Code);
        Assert.Equal(1, bench.Ports.Failures);
        Assert.Equal(before, (await user.ListRecordsAsync("letters")).Items.Count);
        Assert.Equal(batch.Select(record => record.Id), await shop.AddRecordsAsync("letters", batch));
        Assert.True(await bench.ReservedUsesAsync(id) >= reserved + batch.Length, "nothing was reserved anew");
        foreach (var record in batch)
            Assert.Equal(
                record.Content.AsText(), (await user.GetRecordAsync("letters", record.Id)).Content.AsText());
        Assert.NotEmpty(await user.ReadLogAsync(limit: Limits.PageItems)); // and the chain holds
    }

    [Fact]
    public async Task The_uses_of_a_step_are_reserved_on_the_disk_together_and_not_again()
    {
        await using var bench = await HostBench.CreateAsync();
        var (id, _, _) = await bench.UserAsync();
        var used = await bench.ReservedUsesAsync(id);

        await bench.Shop.Get(id).AddRecordsAsync("letters", Texts(Limits.PageItems));
        var reserved = await bench.ReservedUsesAsync(id);
        await bench.Shop.Get(id).AddRecordsAsync("letters", Texts(Limits.PageItems));

        Assert.True(reserved >= used + (2 * Limits.PageItems), $"{used} uses, then {reserved}");
        Assert.Equal(reserved, await bench.ReservedUsesAsync(id));
    }

    private static NewRecord[] Texts(int count) =>
        [.. Enumerable.Range(0, count).Select(i => new NewRecord(RecordId.New(), RecordContent.Text($"text {i}")))];
}
