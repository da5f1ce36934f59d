using System.Buffers.Binary;
using SecureUserData.Ports;

namespace SecureUserData.Embedded.Sqlite;

/// <summary>Envelopes of owned records.</summary>
internal sealed class SqliteRecords(SqliteWriter writer, SqliteReaders readers) : IRecordStore
{
    private const string Delete = "DELETE FROM record WHERE user = $1 AND collection = $2 AND id = $3";

    public Task PutAsync(RecordKey key, byte[] envelope) =>
        writer.WriteAsync((key, envelope), static (w, put) =>
            w.Prepare(
                """
                INSERT INTO record (user, collection, id, envelope) VALUES ($1, $2, $3, $4)
                ON CONFLICT (user, collection, id) DO UPDATE SET envelope = $4
                """).Run(put.key.User.ToString(), put.key.Collection, put.key.Id.ToString(), put.envelope));

    public Task<IReadOnlyList<RecordId>> AddAsync(
        UserId user, string collection, IReadOnlyList<StoredRecord> records) =>
        writer.WriteAsync((user, collection, records), static (w, add) =>
        {
            var insert = w.Prepare(
                """
                INSERT INTO record (user, collection, id, envelope) VALUES ($1, $2, $3, $4)
                ON CONFLICT (user, collection, id) DO NOTHING
                """);
            var owner = add.user.ToString();
            var added = new List<RecordId>(add.records.Count);
            foreach (var (id, envelope) in add.records)
                if (insert.Run(owner, add.collection, id.ToString(), envelope) > 0) added.Add(id);
            return (IReadOnlyList<RecordId>)added;
        });

    public ValueTask<IReadOnlySet<RecordId>> FindAsync(UserId user, string collection, IReadOnlyList<RecordId> ids) =>
        new(readers.List(
            """
            SELECT id FROM record WHERE user = $1 AND collection = $2 AND id IN (SELECT value FROM json_each($3))
            """,
            [user.ToString(), collection, $"[{string.Join(',', ids.Select(id => $"\"{id}\""))}]"],
            row => Id(row.Text(0))).ToHashSet());

    public ValueTask<byte[]?> GetAsync(RecordKey key) => new(readers.Read(
        "SELECT envelope FROM record WHERE user = $1 AND collection = $2 AND id = $3",
        [key.User.ToString(), key.Collection, key.Id.ToString()],
        row => row.Read() ? row.Blob(0) : null));

    public Task<bool> DeleteAsync(RecordKey key) =>
        writer.WriteAsync(key, static (w, key) =>
            w.Prepare(Delete).Run(key.User.ToString(), key.Collection, key.Id.ToString()) > 0);

    public Task DeleteManyAsync(UserId user, string collection, IReadOnlyList<RecordId> ids) =>
        writer.WriteAsync((user, collection, ids), static (w, many) =>
        {
            var user = many.user.ToString();
            foreach (var id in many.ids) w.Prepare(Delete).Run(user, many.collection, id.ToString());
            return true;
        });

    public ValueTask<long> CountAsync(UserId user) => new(readers.Read(
        "SELECT count(*) FROM record WHERE user = $1", [user.ToString()], row => row.Read() ? row.Integer(0) : 0));

    public Task<int> DeleteAllAsync(UserId user, int limit) =>
        writer.WriteAsync((user, limit), static (w, delete) =>
            w.Prepare("DELETE FROM record WHERE row IN (SELECT row FROM record WHERE user = $1 LIMIT $2)")
                .Run(delete.user.ToString(), delete.limit));

    public ValueTask<IReadOnlyList<StoredRecord>> ListAsync(
        UserId user, string collection, RecordId? after, int limit, int bytes) => new(readers.Read(
        "SELECT id, envelope FROM record WHERE user = $1 AND collection = $2 AND id > $3 ORDER BY id",
        [user.ToString(), collection, after?.ToString() ?? ""],
        rows =>
        {
            var list = new List<StoredRecord>();
            for (long size = 0; size < bytes && list.Count < limit && rows.Read(); size += list[^1].Envelope.Length)
                list.Add(new StoredRecord(Id(rows.Text(0)), rows.Blob(1)));
            return (IReadOnlyList<StoredRecord>)list;
        }));

    public ValueTask<StaleRecords> ListStaleAsync(
        UserId user, int keyVersion, RecordKey? after, int looks, int limit, int bytes)
    {
        var version = new byte[4];
        BinaryPrimitives.WriteInt32BigEndian(version, keyVersion);
        return new(readers.Read(
            """
            SELECT collection, id, CASE WHEN substr(envelope, 2, 4) <> $4 THEN envelope END FROM record
            WHERE user = $1 AND (collection, id) > ($2, $3) ORDER BY collection, id
            """,
            [user.ToString(), after?.Collection ?? "", after?.Id.ToString() ?? "", version],
            rows =>
            {
                var found = new List<KeyedRecord>();
                long size = 0;
                RecordKey? last = null;
                for (var looked = 0; looked < looks && found.Count < limit && size < bytes; looked++)
                {
                    if (!rows.Read()) return new StaleRecords(found, null);
                    last = new RecordKey(user, rows.Text(0), Id(rows.Text(1)));
                    if (rows.IsNull(2)) continue;
                    found.Add(new KeyedRecord(last.Value, rows.Blob(2)));
                    size += found[^1].Envelope.Length;
                }
                return new StaleRecords(found, last);
            }));
    }

    public Task ReplaceAsync(IReadOnlyList<RecordReplacement> replacements) =>
        writer.WriteAsync(replacements, static (w, all) =>
        {
            var update = w.Prepare(
                "UPDATE record SET envelope = $5 WHERE user = $1 AND collection = $2 AND id = $3 AND envelope = $4");
            foreach (var (key, before, after) in all)
                update.Run(key.User.ToString(), key.Collection, key.Id.ToString(), before, after);
            return true;
        });

    public ValueTask<IReadOnlyList<string>> CollectionsAsync(UserId user) => new(readers.List(
        "SELECT DISTINCT collection FROM record WHERE user = $1 ORDER BY collection",
        [user.ToString()],
        row => row.Text(0)));

    private static RecordId Id(string text) => RecordId.TryParse(text, out var id)
        ? id
        : throw SecureUserDataException.Tampered("the id of a record");
}
