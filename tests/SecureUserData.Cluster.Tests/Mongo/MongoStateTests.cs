using System.Text;
using Microsoft.Extensions.Logging.Abstractions;
using MongoDB.Bson;
using MongoDB.Driver;
using SecureUserData.Cluster.Mongo;
using SecureUserData.Ports;

namespace SecureUserData.Cluster.Tests.Mongo;

/// <summary>States and unique keys as they are in the database.</summary>
public sealed class MongoStateTests(MongoPortsFixture ports) : IClassFixture<MongoPortsFixture>
{
    private readonly string _entity = UserId.New().ToString();

    [Fact]
    public async Task A_stored_state_names_no_type_and_stands_under_the_entitys_name()
    {
        await ports.Ports.Slot(_entity).SaveAsync(State(1, "sealed", "tag/1", "tag/2"));

        var stored = await FindAsync();

        Assert.Equal(["_id", "_etag", "_doc"], stored.Names);
        Assert.Equal(["v", "owner", "tags", "body"], stored["_doc"].AsBsonDocument.Names);
        Assert.Equal(Encoding.UTF8.GetBytes("sealed"), stored["_doc"]["body"].AsByteArray);
        Assert.Equal(["tag/1", "tag/2"], stored["_doc"]["tags"].AsBsonArray.Select(tag => tag.AsString));
    }

    [Theory]
    [InlineData("_doc.v", "one")]
    [InlineData("_doc.owner", 1)]
    [InlineData("_doc.tags", "tag/1")]
    [InlineData("_doc.tags.1", 1)] // beside the one that finds it
    [InlineData("_doc.body", "sealed")]
    [InlineData("_doc", "nothing")]
    [InlineData("_etag", 1)]
    public async Task A_state_whose_fields_were_changed_is_not_read_and_does_not_cost_the_others(
        string field, object value)
    {
        var tag = $"tag/{UserId.New()}";
        var other = UserId.New().ToString();
        foreach (var entity in (string[])[_entity, other]) await ports.Ports.Slot(entity).SaveAsync(State(1, "", tag));
        await UpdateAsync(field, BsonValue.Create(value));

        var read = await Assert.ThrowsAsync<SecureUserDataException>(
            () => ports.Ports.Slot(_entity).LoadAsync().AsTask());
        Assert.Equal(ErrorCode.Tampered, read.Code);
        Assert.Contains(_entity, read.Message, StringComparison.Ordinal);
        Assert.Contains(await ports.Ports.States.FindAsync(tag, null, 10), state => state.Id == other);
        await UpdateAsync("_doc", new BsonDocument("tags", new BsonArray())); // leaves the others' checks alone
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_save_that_comes_after_its_unique_key_was_taken_over_is_a_conflict(bool isThere)
    {
        var (key, other) = ($"key/{_entity}", UserId.New().ToString());
        if (isThere) await ports.Ports.Slot(_entity).SaveAsync(State(1, "before"));
        var late = ports.Ports.Slot(_entity);
        await late.LoadAsync();
        Assert.True(await ports.Ports.UniqueKeys.ClaimAsync(key, _entity));
        await ports.CrashAsync(); // so much later that the claim is settled

        Assert.True(await ports.Ports.UniqueKeys.ClaimAsync(key, other));

        var version = isThere ? 2 : 1;
        var save = await Assert.ThrowsAsync<SecureUserDataException>(
            () => late.SaveAsync(State(version, "late", key)));
        Assert.Equal(ErrorCode.Conflict, save.Code);
        Assert.Empty(await ports.Ports.States.FindIdsAsync(key, null, 10));
        var again = ports.Ports.Slot(_entity);
        Assert.Equal(isThere, await again.LoadAsync() is not null);
        await again.SaveAsync(State(version, "again", "another tag"));
        Assert.Equal(version, (await ports.Ports.Slot(_entity).LoadAsync())!.Version);
        await ports.Ports.States.CheckAsync();
    }

    [Fact]
    public async Task A_claim_that_was_made_again_is_not_settled()
    {
        var key = $"key/{_entity}";
        await ports.Ports.UniqueKeys.ClaimAsync(key, _entity);
        await ports.CrashAsync();
        Assert.True(await ports.Ports.UniqueKeys.ClaimAsync(key, _entity));

        Assert.False(await ports.Ports.UniqueKeys.ClaimAsync(key, UserId.New().ToString()));
    }

    [Fact]
    public async Task A_database_that_cannot_be_reached_is_unavailable_and_nothing_of_the_call_is_told()
    {
        var nowhere = new MongoOptions("mongodb://127.0.0.1:1/?serverSelectionTimeoutMS=300", "sud");
        await using var store = new MongoStore(nowhere, TimeProvider.System, NullLoggerFactory.Instance);
        Func<Task>[] calls =
        [
            store.PrepareAsync,
            () => store.Slot(_entity).LoadAsync().AsTask(),
            () => store.Slot(_entity).SaveAsync(State(1, "", "tag")),
            () => store.UniqueKeys.ClaimAsync($"key/{_entity}", _entity),
            () => store.Records.PutAsync(new RecordKey(UserId.New(), "letters", RecordId.New()), new byte[40]),
            () => store.Erasures.UsersAsync().AsTask(),
        ];
        foreach (var call in calls)
        {
            var error = await Assert.ThrowsAsync<SecureUserDataException>(call);
            Assert.Equal(ErrorCode.Unavailable, error.Code);
            Assert.DoesNotContain(_entity, error.ToString(), StringComparison.Ordinal);
            Assert.Null(error.InnerException);
        }
    }

    private IMongoCollection<BsonDocument> States =>
        new MongoClient(ports.Options.ConnectionString).GetDatabase(ports.Options.Database)
            .GetCollection<BsonDocument>("states");

    private Task<BsonDocument> FindAsync() =>
        States.Find(new BsonDocument("_id", _entity)).SingleAsync(TestContext.Current.CancellationToken);

    private Task UpdateAsync(string field, BsonValue value) => States.UpdateOneAsync(
        new BsonDocument("_id", _entity),
        new BsonDocument("$set", new BsonDocument(field, value)),
        cancellationToken: TestContext.Current.CancellationToken);

    private static StoredState State(long version, string body, params string[] tags) =>
        new(version, "app_owner", tags, Encoding.UTF8.GetBytes(body));
}
