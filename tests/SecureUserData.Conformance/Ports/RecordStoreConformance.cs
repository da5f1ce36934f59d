using SecureUserData.Ports;

namespace SecureUserData.Conformance.Ports;

/// <summary><see cref="IRecordStore"/>.</summary>
public abstract class RecordStoreConformance(PortsFixture fixture) : PortConformance(fixture)
{
    private readonly UserId _user = UserId.New();

    private IRecordStore Records => Ports.Records;

    [Fact]
    public async Task What_is_put_replaced_and_deleted_is_durable_when_the_calls_return()
    {
        var (kept, replaced, deleted) = (Key(), Key(), Key());
        await Records.PutAsync(kept, [1, 2, 3]);
        await Records.PutAsync(replaced, [1]);
        await Records.PutAsync(replaced, [2]);
        await Records.PutAsync(deleted, [1]);
        Assert.True(await Records.DeleteAsync(deleted));

        await Fixture.CrashAsync();

        Assert.Equal([1, 2, 3], await Records.GetAsync(kept));
        Assert.Equal([2], await Records.GetAsync(replaced));
        Assert.Null(await Records.GetAsync(deleted));
        Assert.False(await Records.DeleteAsync(deleted));
    }

    [Fact]
    public async Task Many_are_deleted_in_one_durable_write_and_those_that_are_not_there_do_not_matter()
    {
        var keys = Enumerable.Range(0, 1_000).Select(_ => Key()).ToList();
        await Task.WhenAll(keys.Select(key => Records.PutAsync(key, [1])));
        var (kept, elsewhere) = (Key(), keys[0] with { Collection = "drafts" });
        foreach (var key in (RecordKey[])[kept, elsewhere]) await Records.PutAsync(key, [2]);

        await Records.DeleteManyAsync(_user, "letters", [.. keys.Skip(1).Select(key => key.Id), RecordId.New()]);
        await Records.DeleteManyAsync(_user, "letters", []);
        await Records.DeleteManyAsync(UserId.New(), "letters", [kept.Id]);
        await Fixture.CrashAsync();

        Assert.Equal(
            [keys[0].Id, kept.Id],
            (await Records.ListAsync(_user, "letters", null, 1_000, 1_000)).Select(record => record.Id));
        Assert.Equal([2], await Records.GetAsync(elsewhere));
    }

    [Fact]
    public async Task A_record_is_found_at_its_own_place_only()
    {
        var key = Key();
        await Records.PutAsync(key, [1]);

        RecordKey[] others =
            [key with { User = UserId.New() }, key with { Collection = "Letters" }, key with { Id = RecordId.New() }];
        foreach (var other in others)
        {
            Assert.Null(await Records.GetAsync(other));
            Assert.False(await Records.DeleteAsync(other));
        }
        Assert.Equal([1], await Records.GetAsync(key));
        Assert.Empty(await Records.ListAsync(UserId.New(), "letters", null, 10, 1_000));
    }

    [Fact]
    public async Task A_collection_is_listed_in_the_order_of_ids_by_pages()
    {
        var keys = Enumerable.Range(0, 7).Select(_ => Key()).ToList();
        foreach (var key in keys.AsEnumerable().Reverse()) await Records.PutAsync(key, Bytes($"{key.Id}"));
        await Records.PutAsync(Key() with { Collection = "drafts" }, [1]);

        var first = await Records.ListAsync(_user, "letters", null, 3, 1_000_000);
        var second = await Records.ListAsync(_user, "letters", first[^1].Id, 3, 1_000_000);
        var third = await Records.ListAsync(_user, "letters", second[^1].Id, 3, 1_000_000);

        Assert.Equal(keys.Select(key => key.Id), first.Concat(second).Concat(third).Select(record => record.Id));
        Assert.All(first, record => Assert.Equal(Bytes($"{record.Id}"), record.Envelope));
        Assert.Equal(3, second.Count);
        Assert.Empty(await Records.ListAsync(_user, "letters", third[^1].Id, 3, 1_000_000));
    }

    [Fact]
    public async Task A_page_ends_once_its_bytes_are_reached_and_has_at_least_one_record()
    {
        var keys = Enumerable.Range(0, 4).Select(_ => Key()).ToList();
        foreach (var key in keys) await Records.PutAsync(key, new byte[100]);

        foreach (var (bytes, expected) in ((int, int)[])[(1, 1), (100, 1), (101, 2), (200, 2), (399, 4), (10_000, 4)])
            Assert.Equal(expected, (await Records.ListAsync(_user, "letters", null, 10, bytes)).Count);
    }

    [Fact]
    public async Task Collections_are_named_in_order_while_they_hold_records()
    {
        var draft = Key() with { Collection = "drafts" };
        foreach (var key in (RecordKey[])[Key(), Key(), draft, Key() with { Collection = "Ämter" }])
            await Records.PutAsync(key, [1]);

        Assert.Equal(["drafts", "letters", "Ämter"], await Records.CollectionsAsync(_user));
        await Records.DeleteAsync(draft);
        Assert.Equal(["letters", "Ämter"], await Records.CollectionsAsync(_user));
        Assert.Empty(await Records.CollectionsAsync(UserId.New()));
    }

    [Fact]
    public async Task A_bad_put_among_many_fails_alone()
    {
        var keys = Enumerable.Range(0, 60).Select(_ => Key()).ToList();

        var puts = keys.Select((key, i) => Records.PutAsync(key, i == 30 ? null! : [(byte)i])).ToList();

        await Assert.ThrowsAnyAsync<Exception>(() => puts[30]);
        puts.RemoveAt(30);
        await Task.WhenAll(puts);
        Assert.Equal(59, (await Records.ListAsync(_user, "letters", null, 100, 1_000)).Count);
    }

    [Fact]
    public async Task What_is_added_is_durable_when_the_call_returns_and_what_is_there_stays()
    {
        var ids = Enumerable.Range(0, 5).Select(_ => RecordId.New()).ToList();
        await Records.PutAsync(new RecordKey(_user, "letters", ids[1]), [7]);
        await Records.PutAsync(new RecordKey(_user, "drafts", ids[2]), [8]); // another place
        await Records.PutAsync(new RecordKey(UserId.New(), "letters", ids[3]), [9]);

        Assert.Equal([ids[1]], await Records.FindAsync(_user, "letters", ids));
        var added = await Records.AddAsync(_user, "letters", Stored([ids[3], ids[1], ids[0], ids[2]]));

        await Fixture.CrashAsync();

        Assert.Equal([ids[3], ids[0], ids[2]], added);
        Assert.Equal(ids.Take(4).ToHashSet(), await Records.FindAsync(_user, "letters", ids));
        Assert.Empty(await Records.FindAsync(_user, "letters", []));
        Assert.Equal([7], await Records.GetAsync(new RecordKey(_user, "letters", ids[1])));
        Assert.Equal(Bytes($"{ids[3]}"), await Records.GetAsync(new RecordKey(_user, "letters", ids[3])));
        Assert.Empty(await Records.AddAsync(_user, "letters", Stored(ids.Take(4))));
    }

    [Fact]
    public async Task Of_what_is_added_together_a_bad_one_leaves_none_and_other_writes_stay()
    {
        var good = Enumerable.Range(0, 40).Select(_ => Stored([RecordId.New(), RecordId.New()])).ToList();
        var bad = Stored([RecordId.New(), RecordId.New(), RecordId.New()]);
        bad[1] = bad[1] with { Envelope = null! };

        var adds = good.Select((pair, i) => i == 20
            ? Records.AddAsync(_user, "letters", bad)
            : Records.AddAsync(_user, "letters", pair)).ToList();

        await Assert.ThrowsAnyAsync<Exception>(() => adds[20]);
        adds.RemoveAt(20);
        foreach (var add in adds) Assert.Equal(2, (await add).Count);
        Assert.Empty(await Records.FindAsync(_user, "letters", [.. bad.Select(record => record.Id)]));
        Assert.Equal(78, await Records.CountAsync(_user));
    }

    [Fact]
    public async Task Of_those_who_add_the_same_at_the_same_time_each_record_is_one_s_alone()
    {
        var ids = Enumerable.Range(0, 20).Select(_ => RecordId.New()).ToList();

        var added = await Task.WhenAll(
            Enumerable.Range(0, 16).Select(i => Records.AddAsync(_user, "letters", Stored(ids.Skip(i)))));

        Assert.Equal(ids.ToHashSet(), added.SelectMany(some => some).ToHashSet());
        Assert.Equal(ids.Count, added.Sum(some => some.Count));
    }

    private static List<StoredRecord> Stored(IEnumerable<RecordId> ids) =>
        [.. ids.Select(id => new StoredRecord(id, Bytes($"{id}")))];

    private RecordKey Key() => new(_user, "letters", RecordId.New());
}
