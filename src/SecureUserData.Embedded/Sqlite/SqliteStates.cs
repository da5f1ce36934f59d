using SecureUserData.Ports;

namespace SecureUserData.Embedded.Sqlite;

/// <summary>States and their tags.</summary>
internal sealed class SqliteStates(SqliteWriter writer, SqliteReaders readers) : IStateIndex
{
    private const char TagSeparator = '\n'; // no name holds one

    public ValueTask<IReadOnlyList<TaggedState>> FindAsync(string tag, string? after, int limit) => new(readers.List(
        """
        SELECT s.version, s.owner, s.tags, s.body, s.id FROM tag AS t JOIN state AS s ON s.id = t.id
        WHERE t.tag = $1 AND t.id > $2 ORDER BY t.id
        """,
        [tag, after ?? ""],
        row => new TaggedState(row.Text(4), ReadOrNothing(row)),
        limit));

    public ValueTask<IReadOnlyList<string>> FindIdsAsync(string tag, string? after, int limit) => new(readers.List(
        "SELECT id FROM tag WHERE tag = $1 AND id > $2 ORDER BY id", [tag, after ?? ""], row => row.Text(0), limit));

    public ValueTask<IReadOnlyList<TaggedState>> ListAsync(string prefix, string? after, int limit) => new(readers.List(
        "SELECT version, owner, tags, body, id FROM state WHERE id > $1 AND id < $2 ORDER BY id",
        [after ?? prefix, $"{prefix[..^1]}{(char)(prefix[^1] + 1)}"],
        row => new TaggedState(row.Text(4), ReadOrNothing(row)),
        limit));

    public ValueTask<TagParts> DivideAsync(string tag, int parts)
    {
        var count = readers.Read(
            "SELECT count(*) FROM tag WHERE tag = $1", [tag], row => row.Read() ? row.Integer(0) : 0);
        var size = (count + parts - 1) / parts;
        var ends = new List<string>();
        for (var end = size; end < count; end += size)
            ends.AddRange(readers.List(
                "SELECT id FROM tag WHERE tag = $1 AND id > $2 ORDER BY id LIMIT 1 OFFSET $3",
                [tag, ends.LastOrDefault() ?? "", size - 1],
                row => row.Text(0)));
        ends.AddRange(readers.List(
            "SELECT id FROM tag WHERE tag = $1 ORDER BY id DESC", [tag], row => row.Text(0), limit: 1));
        return new(new TagParts(count, ends));
    }

    public Task CheckAsync() => readers.ReadForLongAsync(Check);

    private void Check()
    {
        var invented = readers.Read(
            """
            SELECT t.id FROM tag AS t LEFT JOIN state AS s ON s.id = t.id
            WHERE s.id IS NULL OR instr(char(10) || s.tags || char(10), char(10) || t.tag || char(10)) = 0 LIMIT 1
            """,
            [],
            row => row.Read() ? row.Text(0) : null);
        if (invented is not null) throw SecureUserDataException.Tampered($"the index of {invented}");
        var lost = readers.Read(
            """
            SELECT s.id FROM state AS s LEFT JOIN (SELECT id, count(*) AS tags FROM tag GROUP BY id) AS t ON t.id = s.id
            WHERE length(s.tags) - length(replace(s.tags, char(10), '')) + (s.tags <> '') <> coalesce(t.tags, 0) LIMIT 1
            """,
            [],
            row => row.Read() ? row.Text(0) : null);
        if (lost is not null) throw SecureUserDataException.Tampered($"the index of {lost}");
    }

    internal IReadOnlyList<(long Row, string Id, StoredState State)> Scan(long after, int limit) => readers.List(
        "SELECT version, owner, tags, body, id, row FROM state WHERE row > $1 ORDER BY row",
        [after],
        row => (row.Integer(5), row.Text(4), Read(row)),
        limit);

    /// <summary>Where announcements of states are appended; none while an installation is set up.</summary>
    internal SqliteAccessLog? Log { get; set; }

    internal IStateSlot Slot(string id) => new StateSlot(id, this, writer, readers);

    internal static StoredState Read(Rows row)
    {
        var tags = row.Text(2);
        return new StoredState(
            row.Integer(0), row.Text(1), tags.Length == 0 ? [] : tags.Split(TagSeparator), row.Blob(3));
    }

    /// <summary>A row whose columns are not what was written becomes a state that carries no tag and does not
    /// authenticate: it must not cost the others of its page.</summary>
    private static StoredState ReadOrNothing(Rows row)
    {
        try
        {
            return Read(row);
        }
        catch (SecureUserDataException e) when (e.Code == ErrorCode.Tampered)
        {
            return new StoredState(0, "", [], []);
        }
    }

    private sealed class StateSlot(string id, SqliteStates states, SqliteWriter writer, SqliteReaders readers)
        : IStateSlot
    {
        private IReadOnlyList<string> _tags = [];

        public ValueTask<StoredState?> LoadAsync()
        {
            var stored = readers.Read(
                "SELECT version, owner, tags, body FROM state WHERE id = $1",
                [id],
                row => row.Read() ? Read(row) : null);
            _tags = stored?.Tags ?? [];
            return new(stored);
        }

        public async Task SaveAsync(StoredState state, LogRow? announcement = null)
        {
            await writer.WriteAsync((states.Log, id, Before: _tags, Next: state, announcement), static (w, save) =>
            {
                // Both are asked before either is written: a write that fails has changed nothing.
                if (save.announcement is not null) save.Log!.DemandNext(w, save.announcement);
                Save(w, save.id, save.Before, save.Next);
                if (save.announcement is not null) save.Log!.Append(w, save.announcement);
                return true;
            });
            _tags = state.Tags;
        }

        private static void Save(SqliteWriter writer, string id, IReadOnlyList<string> before, StoredState next)
        {
            var tags = string.Join(TagSeparator, next.Tags);
            var changed = next.Version == 1
                ? writer.Prepare(
                    """
                    INSERT INTO state (id, version, owner, tags, body) VALUES ($1, $2, $3, $4, $5)
                    ON CONFLICT (id) DO NOTHING
                    """).Run(id, next.Version, next.Owner, tags, next.Body)
                : writer.Prepare(
                    """
                    UPDATE state SET version = $2, owner = $3, tags = $4, body = $5
                    WHERE id = $1 AND version = $2 - 1
                    """)
                    .Run(id, next.Version, next.Owner, tags, next.Body);
            if (changed == 0)
                throw SecureUserDataException.Conflict("This was changed elsewhere at the same time: try again.");
            foreach (var tag in before.Except(next.Tags))
                writer.Prepare("DELETE FROM tag WHERE tag = $1 AND id = $2").Run(tag, id);
            foreach (var tag in next.Tags.Except(before))
                writer.Prepare("INSERT INTO tag (tag, id) VALUES ($1, $2) ON CONFLICT DO NOTHING").Run(tag, id);
        }
    }
}
