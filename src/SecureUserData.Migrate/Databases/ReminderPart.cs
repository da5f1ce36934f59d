using System.Globalization;
using System.Runtime.CompilerServices;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using MongoDB.Bson;
using MongoDB.Driver;
using Orleans.Configuration;
using Orleans.Providers.MongoDB.Configuration;
using Orleans.Providers.MongoDB.Reminders;
using Orleans.Providers.MongoDB.Utils;
using SecureUserData.Cluster.Hosting;
using SecureUserData.Cluster.Mongo;

namespace SecureUserData.Migrate.Databases;

/// <summary>Wake-ups as reminders of a cluster. They are written through the reminder table of the cluster itself, and
/// read from its collection, since the table makes indexes where it is only read.</summary>
internal sealed class ReminderPart(IMongoClient client, ClusterPlace cluster) : IPart<Wakeup>
{
    private readonly IMongoCollection<BsonDocument> _reminders =
        client.GetDatabase(cluster.Database).GetCollection<BsonDocument>("OrleansReminderV2");

    private readonly MongoReminderTable _table = new(
        new DefaultMongoClientFactory(client),
        NullLogger<MongoReminderTable>.Instance,
        Options.Create(new MongoDBRemindersOptions { DatabaseName = cluster.Database }),
        Options.Create(new ClusterOptions { ClusterId = cluster.Id, ServiceId = cluster.Id }));

    private bool _isReady;

    /// <summary>Of several reminders of an entity the first counts: a crash leaves the one before.</summary>
    public async IAsyncEnumerable<Wakeup> ReadAsync([EnumeratorCancellation] CancellationToken cancellation)
    {
        var found = new Dictionary<string, long>();
        using (var cursor = await _reminders.Find(Own).ToCursorAsync(cancellation))
            while (await cursor.MoveNextAsync(cancellation))
                foreach (var reminder in cursor.Current)
                    if (ReminderWakeups.Due(reminder.Text("ReminderName"))?.ToUnixTimeMilliseconds() is { } due)
                    {
                        var entity = GrainId.Parse(reminder.Text("GrainId")).Key.ToString()!;
                        found[entity] = found.TryGetValue(entity, out var other) ? Math.Min(other, due) : due;
                    }
        foreach (var (entity, due) in found.OrderBy(one => one.Key, StringComparer.Ordinal))
            yield return new Wakeup(entity, due);
    }

    public async Task WriteAsync(IReadOnlyList<Change<Wakeup>> changes)
    {
        if (!_isReady) await _table.Init();
        _isReady = true;
        foreach (var (before, after) in changes)
        {
            var grain = ReminderWakeups.GrainOf((after ?? before!).Entity);
            var name = after is null
                ? null
                : ReminderWakeups.Prefix + after.Due.ToString(CultureInfo.InvariantCulture);
            if (after is not null)
                await _table.UpsertRow(new ReminderEntry
                {
                    GrainId = grain,
                    ReminderName = name,
                    StartAt = StartAt(after.Due),
                    Period = ReminderWakeups.RetryAfter,
                });
            if (before is null) continue;
            foreach (var other in (await _table.ReadRows(grain)).Reminders)
                if (other.ReminderName != name) await _table.RemoveRow(grain, other.ReminderName, other.ETag);
        }
    }

    internal async Task<bool> IsEmptyAsync() => !await _reminders.Find(Own).AnyAsync();

    private BsonDocument Own => new() { { "ServiceId", cluster.Id }, { "IsDeleted", false } };

    /// <summary>As the cluster does: a reminder that is to wait for longer is set again when it ticks.</summary>
    private static DateTime StartAt(long due)
    {
        var at = DateTimeOffset.FromUnixTimeMilliseconds(due);
        var latest = TimeProvider.System.GetUtcNow() + ReminderWakeups.Longest;
        return (at < latest ? at : latest).UtcDateTime;
    }
}

/// <summary>Where a cluster keeps its own things.</summary>
/// <param name="Database">The database of membership and reminders.</param>
/// <param name="Id">The cluster's name.</param>
internal sealed record ClusterPlace(string Database, string Id);
