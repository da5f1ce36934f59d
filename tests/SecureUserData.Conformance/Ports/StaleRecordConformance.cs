using System.Buffers.Binary;
using SecureUserData.Ports;

namespace SecureUserData.Conformance.Ports;

/// <summary>What <see cref="IRecordStore"/> does for the rotation of a user's key.</summary>
public abstract class StaleRecordConformance(PortsFixture fixture) : PortConformance(fixture)
{
    private readonly UserId _user = UserId.New();

    private IRecordStore Records => Ports.Records;

    [Fact]
    public async Task Records_under_another_version_are_found_in_order_over_all_collections()
    {
        var stale = new List<KeyedRecord>();
        foreach (var collection in (string[])["drafts", "letters", "letters2"])
            for (var i = 0; i < 6; i++)
            {
                var record = new KeyedRecord(Key(collection), Envelope(i % 3 == 0 ? 2 : 1, i));
                await Records.PutAsync(record.Key, record.Envelope);
                if (i % 3 != 0) stale.Add(record);
            }
        await Records.PutAsync(new RecordKey(UserId.New(), "letters", RecordId.New()), Envelope(1, 9));

        Assert.Equal(stale.Select(Text), (await AllAsync(looks: 100, limit: 100, bytes: 10_000)).Select(Text));
        Assert.Equal(stale.Select(Text), (await AllAsync(looks: 2, limit: 100, bytes: 10_000)).Select(Text));
        Assert.Equal(stale.Select(Text), (await AllAsync(looks: 100, limit: 1, bytes: 10_000)).Select(Text));
        Assert.Equal(stale.Select(Text), (await AllAsync(looks: 100, limit: 100, bytes: 1)).Select(Text));
    }

    [Fact]
    public async Task No_more_is_looked_at_and_found_than_was_allowed()
    {
        for (var i = 0; i < 10; i++) await Records.PutAsync(Key("letters"), Envelope(i < 5 ? 2 : 1, i));

        Assert.Empty((await Records.ListStaleAsync(_user, 2, null, 5, 100, 10_000)).Records);
        Assert.Equal(2, (await Records.ListStaleAsync(_user, 2, null, 7, 100, 10_000)).Records.Count);
        Assert.Equal(3, (await Records.ListStaleAsync(_user, 2, null, 100, 3, 10_000)).Records.Count);
        Assert.Equal(2, (await Records.ListStaleAsync(_user, 2, null, 100, 100, 80)).Records.Count); // of 40 bytes
    }

    [Fact]
    public async Task Only_what_is_still_there_is_replaced_and_durably()
    {
        var (kept, changed, deleted) = (Key("letters"), Key("letters"), Key("letters"));
        foreach (var key in (RecordKey[])[kept, changed, deleted]) await Records.PutAsync(key, Envelope(1, 1));
        await Records.PutAsync(changed, Envelope(1, 2));
        await Records.DeleteAsync(deleted);

        await Records.ReplaceAsync(
            [.. new[] { kept, changed, deleted }.Select(key =>
                new RecordReplacement(key, Envelope(1, 1), Envelope(2, 1)))]);
        await Fixture.CrashAsync();

        Assert.Equal(Envelope(2, 1), await Records.GetAsync(kept));
        Assert.Equal(Envelope(1, 2), await Records.GetAsync(changed));
        Assert.Null(await Records.GetAsync(deleted));
    }

    private async Task<List<KeyedRecord>> AllAsync(int looks, int limit, int bytes)
    {
        var found = new List<KeyedRecord>();
        RecordKey? after = null;
        do
        {
            var page = await Records.ListStaleAsync(_user, 2, after, looks, limit, bytes);
            found.AddRange(page.Records);
            after = page.Next;
        }
        while (after is not null);
        return found;
    }

    private RecordKey Key(string collection) => new(_user, collection, RecordId.New());

    private static string Text(KeyedRecord record) => $"{record.Key} {Convert.ToHexString(record.Envelope)}";

    /// <summary>40 bytes with the version in the header.</summary>
    private static byte[] Envelope(int version, int content)
    {
        var envelope = new byte[40];
        envelope[0] = 1;
        BinaryPrimitives.WriteInt32BigEndian(envelope.AsSpan(1), version);
        envelope[^1] = (byte)content;
        return envelope;
    }
}
