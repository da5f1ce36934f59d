using SecureUserData.Embedded.Sqlite;
using SecureUserData.Ports;

namespace SecureUserData.Migrate.Folders;

/// <summary>What a database file holds of each kind.</summary>
internal static class SqliteParts
{
    internal static SqlitePart<TaggedState> States(SqliteStore store) => new(
        Kinds.States,
        store,
        "SELECT version, owner, tags, body, id FROM state WHERE id > $1 ORDER BY id",
        last => [last?.Id ?? ""],
        row => new TaggedState(row.Text(4), SqliteStates.Read(row)),
        static (writer, change) =>
        {
            foreach (var tag in change.Before?.State.Tags ?? [])
                writer.Prepare("DELETE FROM tag WHERE tag = $1 AND id = $2").Run(tag, change.Before!.Id);
            if (change.After is not { } state)
            {
                writer.Prepare("DELETE FROM state WHERE id = $1").Run(change.Before!.Id);
                return;
            }
            writer.Prepare(
                """
                INSERT INTO state (id, version, owner, tags, body) VALUES ($1, $2, $3, $4, $5)
                ON CONFLICT (id) DO UPDATE SET version = $2, owner = $3, tags = $4, body = $5
                """).Run(
                state.Id, state.State.Version, state.State.Owner, string.Join('\n', state.State.Tags),
                state.State.Body);
            foreach (var tag in state.State.Tags)
                writer.Prepare("INSERT INTO tag (tag, id) VALUES ($1, $2) ON CONFLICT DO NOTHING").Run(tag, state.Id);
        });

    internal static SqlitePart<NamedRecord> Records(SqliteStore store) => new(
        Kinds.Records,
        store,
        """
        SELECT user, collection, id, envelope FROM record
        WHERE (user, collection, id) > ($1, $2, $3) ORDER BY user, collection, id
        """,
        last => last is null
            ? ["", "", ""]
            : [last.Key.User.ToString(), last.Key.Collection, last.Key.Id.ToString()],
        row => new NamedRecord(Key(row), row.Blob(3)),
        static (writer, change) =>
        {
            var key = (change.After ?? change.Before!).Key;
            if (change.After is { } record)
                writer.Prepare(
                    """
                    INSERT INTO record (user, collection, id, envelope) VALUES ($1, $2, $3, $4)
                    ON CONFLICT (user, collection, id) DO UPDATE SET envelope = $4
                    """).Run(key.User.ToString(), key.Collection, key.Id.ToString(), record.Envelope);
            else
                writer.Prepare("DELETE FROM record WHERE user = $1 AND collection = $2 AND id = $3")
                    .Run(key.User.ToString(), key.Collection, key.Id.ToString());
        });

    /// <summary>Claims of the epoch 0 are settled at every opening.</summary>
    internal static SqlitePart<UniqueKey> UniqueKeys(SqliteStore store) => new(
        Kinds.UniqueKeys,
        store,
        "SELECT key, holder FROM unique_key WHERE key > $1 ORDER BY key",
        last => [last?.Key ?? ""],
        row => new UniqueKey(row.Text(0), row.Text(1)),
        static (writer, change) =>
        {
            if (change.After is { } key)
                writer.Prepare(
                    """
                    INSERT INTO unique_key (key, holder, epoch) VALUES ($1, $2, 0)
                    ON CONFLICT (key) DO UPDATE SET holder = $2, epoch = 0
                    """).Run(key.Key, key.Holder);
            else
                writer.Prepare("DELETE FROM unique_key WHERE key = $1").Run(change.Before!.Key);
        });

    internal static SqlitePart<Wakeup> Wakeups(SqliteStore store) => new(
        Kinds.Wakeups,
        store,
        "SELECT id, due FROM wakeup WHERE id > $1 ORDER BY id",
        last => [last?.Entity ?? ""],
        row => new Wakeup(row.Text(0), row.Integer(1)),
        static (writer, change) =>
        {
            if (change.After is { } wakeup)
                writer.Prepare(
                    "INSERT INTO wakeup (id, due) VALUES ($1, $2) ON CONFLICT (id) DO UPDATE SET due = $2")
                    .Run(wakeup.Entity, wakeup.Due);
            else
                writer.Prepare("DELETE FROM wakeup WHERE id = $1").Run(change.Before!.Entity);
        });

    private static RecordKey Key(Rows row) =>
        UserId.TryParse(row.Text(0), out var user) && RecordId.TryParse(row.Text(2), out var id)
            ? new RecordKey(user, row.Text(1), id)
            : throw SecureUserDataException.Tampered("the id of a record");
}
