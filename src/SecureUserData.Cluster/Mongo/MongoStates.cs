using MongoDB.Bson;
using MongoDB.Driver;
using SecureUserData.Ports;

namespace SecureUserData.Cluster.Mongo;

/// <summary>Finds states by tag: <c>{ _id, _etag, _doc: { v, owner, tags, body } }</c>, as grain storage lays them out,
/// with an index over tags and ids that MongoDB keeps up with every write.</summary>
internal sealed class MongoStates(IMongoDatabase database) : IStateIndex
{
    internal const string Collection = "states";
    internal const string ETag = "_etag";
    internal const string TagField = $"{Document}.{StateDocument.Tags}";

    internal const string Document = "_doc";
    private const int CheckedAtOnce = 100; // each is a branch of one query

    private static readonly BsonDocument IdOnly = new(Documents.Id, 1);
    private static readonly BsonDocument IdAndTags = new(TagField, 1);
    private static readonly BsonDocument Index = new() { { TagField, 1 }, { Documents.Id, 1 } };

    private readonly IMongoCollection<BsonDocument> _states = database.GetCollection<BsonDocument>(Collection);

    public async ValueTask<IReadOnlyList<TaggedState>> FindAsync(string tag, string? after, int limit) =>
        await MongoErrors.RunAsync(async () =>
        {
            var found = await _states.Ordered(Tagged(tag, after), limit).ToListAsync();
            return found.ConvertAll(state => new TaggedState(state.Text(Documents.Id), ReadOrNothing(state)));
        });

    public async ValueTask<IReadOnlyList<string>> FindIdsAsync(string tag, string? after, int limit) =>
        await MongoErrors.RunAsync(() => IdsAsync(tag, after, skip: 0, limit));

    public async ValueTask<IReadOnlyList<TaggedState>> ListAsync(string prefix, string? after, int limit) =>
        await MongoErrors.RunAsync(async () =>
        {
            var range = Documents.Between(after ?? prefix, $"{prefix[..^1]}{(char)(prefix[^1] + 1)}");
            var found = await _states.Ordered(range, limit).ToListAsync();
            return found.ConvertAll(state => new TaggedState(state.Text(Documents.Id), ReadOrNothing(state)));
        });

    /// <summary>Counting walks over the tag's part of the index once and finding the ends once more; no state is
    /// read.</summary>
    public async ValueTask<TagParts> DivideAsync(string tag, int parts) => await MongoErrors.RunAsync(async () =>
    {
        var count = await _states.CountDocumentsAsync(Tagged(tag, null));
        var size = (int)((count + parts - 1) / parts);
        var ends = new List<string>();
        for (long end = size; end < count; end += size)
            ends.AddRange(await IdsAsync(tag, ends.LastOrDefault(), size - 1, limit: 1));
        var last = await _states.Find(Tagged(tag, null))
            .Sort(new BsonDocument(Documents.Id, -1)).Limit(1).Project(IdOnly).ToListAsync();
        ends.AddRange(last.Select(state => state.Text(Documents.Id)));
        return new TagParts(count, ends);
    });

    /// <summary>Goes over the collection itself and looks every (tag, id) up by way of the index, one tag of each state
    /// at a time, since a query names a state once however often the index leads to it. An entry that leads to a state
    /// without the tag is not looked for: it could only show somebody who is then found not to be meant.</summary>
    public Task CheckAsync() => MongoErrors.RunAsync(async () =>
    {
        var all = new FindOptions { Hint = new BsonDocument("$natural", 1), BatchSize = CheckedAtOnce };
        using var cursor = await _states.Find(new BsonDocument(), all).Project(IdAndTags).ToCursorAsync();
        while (await cursor.MoveNextAsync())
            foreach (var page in cursor.Current.Select(Tags).Chunk(CheckedAtOnce))
                for (var i = 0; page.Any(state => state.Tags.Count > i); i++)
                    await CheckAsync([.. page
                        .Where(state => state.Tags.Count > i)
                        .Select(state => (state.Id, Tag: state.Tags[i]))]);
    });

    private async Task CheckAsync(IReadOnlyList<(string Id, string Tag)> entries)
    {
        var found = await FoundAsync(new BsonDocument("$or", new BsonArray(entries.Select(Entry))));
        foreach (var entry in entries.Where(entry => !found.Contains(entry.Id)))
        {
            // It may have lost the tag in the meantime; a state that has it now is asked for once more.
            var now = await _states.Find(new BsonDocument(Documents.Id, entry.Id)).Project(IdAndTags).ToListAsync();
            if (now is not [var state] || !Tags(state).Tags.Contains(entry.Tag)) continue;
            if (!(await FoundAsync(Entry(entry))).Contains(entry.Id))
                throw SecureUserDataException.Tampered($"the index of {entry.Id}");
        }

        static BsonDocument Entry((string Id, string Tag) entry) =>
            new() { { TagField, entry.Tag }, { Documents.Id, entry.Id } };
    }

    private async Task<HashSet<string>> FoundAsync(BsonDocument filter)
    {
        var found = await _states.Find(filter, new FindOptions { Hint = Index }).Project(IdOnly).ToListAsync();
        return [.. found.Select(state => state.Text(Documents.Id))];
    }

    internal Task PrepareAsync() => _states.Indexes.CreateOneAsync(new CreateIndexModel<BsonDocument>(Index));

    private async Task<List<string>> IdsAsync(string tag, string? after, int skip, int limit)
    {
        var found = await _states.Ordered(Tagged(tag, after), limit).Skip(skip).Project(IdOnly).ToListAsync();
        return found.ConvertAll(state => state.Text(Documents.Id));
    }

    private static BsonDocument Tagged(string tag, string? after) =>
        new() { { TagField, tag }, { Documents.Id, new BsonDocument("$gt", after ?? "") } };

    private static (string Id, IReadOnlyList<string> Tags) Tags(BsonDocument state) => (
        state.Text(Documents.Id),
        state.TryGetValue(Document, out var document) && document is BsonDocument fields
            && fields.TryGetValue(StateDocument.Tags, out var tags) && tags is BsonArray list
            ? [.. list.Where(tag => tag.IsString).Select(tag => tag.AsString)]
            : throw SecureUserDataException.Tampered($"the state of {state.Text(Documents.Id)}"));

    /// <summary>A document whose fields are not what was written becomes a state that carries no tag and does not
    /// authenticate: it must not cost the others of its page.</summary>
    private static StoredState ReadOrNothing(BsonDocument state)
    {
        try
        {
            return StateDocument.Read(state.GetValue(Document, BsonNull.Value));
        }
        catch (SecureUserDataException e) when (e.Code == ErrorCode.Tampered)
        {
            return new StoredState(0, "", [], []);
        }
    }
}
