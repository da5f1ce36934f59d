using System.Diagnostics;
using Microsoft.Data.Sqlite;
using SecureUserData.Embedded.Sqlite;

namespace SecureUserData.Load;

/// <summary>The limit: writes the very rows that the engine has written in a round once more, in their order, into
/// another file of the same schema and settings, with Microsoft.Data.Sqlite's prepared commands on one thread. As many
/// operations share a commit as there are callers, which is the most that the engine's callers could share.</summary>
internal sealed class Replay : ILimit
{
    private readonly BareFile _file;
    private readonly SqliteConnection _source;
    private readonly BareStatement? _find;
    private readonly BareStatement _version;
    private long _position;
    private long _before;
    private long _state;
    private long _record;

    /// <param name="database">The engine's file.</param>
    /// <param name="folder">Where to write.</param>
    /// <param name="readsStates">Whether each operation also reads the states of the consent and the user that its
    /// entry is about.</param>
    internal Replay(string database, string folder, bool readsStates)
    {
        _file = new BareFile(database, folder);
        _source = _file.Source;
        if (readsStates)
            _find = new BareStatement(_source, "SELECT version, owner, tags, body FROM state WHERE id = $1");
        _version = new BareStatement(_file.Target, "SELECT version FROM state WHERE id = $1");
        Mark();
    }

    public (double PerSecond, double CpuMicros) Run()
    {
        var operations = Load();
        var states = _find is null ? [] : StatesRead();
        GC.Collect();
        var cpu = Environment.CpuUsage.TotalTime;
        var watch = Stopwatch.StartNew();
        foreach (var state in states) Read(state);
        Write(operations);
        var elapsed = watch.Elapsed.TotalSeconds;
        cpu = Environment.CpuUsage.TotalTime - cpu;
        return (operations.Count / elapsed, cpu.TotalMicroseconds / operations.Count);
    }

    private void Write(IReadOnlyList<IReadOnlyList<BareRow>> operations)
    {
        using var statements = new BareStatements(_file.Target);
        for (var i = 0; i < operations.Count; i++)
        {
            if (i % Flow.Callers == 0) _file.Begin();
            foreach (var row in operations[i]) statements.Write(row);
            if (i % Flow.Callers == Flow.Callers - 1 || i == operations.Count - 1) _file.Commit();
        }
    }

    private void Read(string id)
    {
        using var reader = _find!.Query(id);
        var values = new object[4];
        if (!reader.Read() || reader.GetValues(values) != 4) throw new InvalidOperationException("A state is missing.");
    }

    /// <summary>The consents and users that the new rows of the log are about.</summary>
    private List<string> StatesRead() =>
        [.. Rows("SELECT chain || '/' || (body ->> '$.by'), chain FROM log WHERE rowid > $1", _before)
            .SelectMany(row => row.Cast<string>())];

    /// <summary>One operation for each new row of the log, with the rows of the same user that came with it.</summary>
    private List<IReadOnlyList<BareRow>> Load()
    {
        var states = Rows("SELECT row, id, version, owner, tags, body FROM state WHERE row > $1", _state)
            .ToDictionary(row => (string)row[1]);
        var changed = Changed(states);
        var records = Rows("SELECT row, user, collection, id, envelope FROM record WHERE row > $1", _record)
            .ToDictionary(row => $"record/{row[2]}/{row[3]}");
        var operations = new List<IReadOnlyList<BareRow>>();
        foreach (var log in Rows("SELECT rowid, chain, sequence, body, mac FROM log WHERE rowid > $1", _position))
        {
            var rows = new List<BareRow> { new("log", log) };
            var chain = (string)log[1];
            if (states.Remove(chain, out var state))
            {
                rows.AddRange(Tags(state).SelectMany(Keys).Select(key => new BareRow("unique_key", key)));
                rows.Add(new BareRow("state", state[1..]));
                rows.AddRange(Tags(state).Select(tag => new BareRow("tag", [tag, chain])));
            }
            else if (changed.TryGetValue(chain, out var update))
            {
                rows.Add(new BareRow("state-update", update));
            }
            if (records.Count > 0 && Record((byte[])log[3]) is { } name && records.Remove(name, out var record))
                rows.Add(new BareRow("record", record[1..]));
            operations.Add(rows);
        }
        Mark();
        return operations;
    }

    /// <summary>Takes note of what is there.</summary>
    private void Mark()
    {
        _before = _position;
        _position = Max("log", "rowid");
        _state = Max("state", "row");
        _record = Max("record", "row");
    }

    /// <summary>The claim of a tag, if it is a unique key.</summary>
    private List<object[]> Keys(string tag) =>
        Rows(_source, "SELECT key, holder, epoch FROM unique_key WHERE key = $1", tag);

    /// <summary>States that were stored before and have changed since: only a flow that changes states has
    /// them.</summary>
    private Dictionary<string, object[]> Changed(Dictionary<string, object[]> fresh)
    {
        return Rows(
            """
            SELECT id, version, owner, tags, body FROM state
            WHERE id IN (SELECT DISTINCT chain FROM log WHERE rowid > $1)
            """,
            _position)
            .Where(row => !fresh.ContainsKey((string)row[0])
                && Rows(_version, row[0]) is [[var known]] && !known.Equals(row[1]))
            .ToDictionary(row => (string)row[0]);
    }

    private static string[] Tags(object[] state) =>
        ((string)state[4]).Split('\n', StringSplitOptions.RemoveEmptyEntries);

    private static string? Record(byte[] body)
    {
        using var entry = System.Text.Json.JsonDocument.Parse(body);
        return entry.RootElement.TryGetProperty("names", out var names) ? names[0].GetString() : null;
    }

    private List<object[]> Rows(string sql, long after) => Rows(_source, sql, after);

    private static List<object[]> Rows(SqliteConnection connection, string sql, object after)
    {
        using var statement = new BareStatement(connection, sql);
        return Rows(statement, after);
    }

    private static List<object[]> Rows(BareStatement statement, object after)
    {
        using var reader = statement.Query(after);
        var rows = new List<object[]>();
        while (reader.Read())
        {
            var row = new object[reader.FieldCount];
            reader.GetValues(row);
            rows.Add(row);
        }
        return rows;
    }

    private long Max(string table, string column) =>
        SqliteFile.Number(_source, $"SELECT coalesce(max({column}), 0) FROM {table}");

    public void Dispose()
    {
        _find?.Dispose();
        _version.Dispose();
        _file.Dispose();
    }
}

/// <summary>A row to be written without any domain.</summary>
internal sealed record BareRow(string Kind, object[] Values);

/// <summary>The statements that the engine uses too.</summary>
internal sealed class BareStatements(SqliteConnection connection) : IDisposable
{
    private readonly Dictionary<string, BareStatement> _statements = new()
    {
        ["log"] = new(connection, "INSERT INTO log (rowid, chain, sequence, body, mac) VALUES ($1, $2, $3, $4, $5)"),
        ["unique_key"] = new(connection, "INSERT INTO unique_key (key, holder, epoch) VALUES ($1, $2, $3)"),
        ["state"] = new(connection, "INSERT INTO state (id, version, owner, tags, body) VALUES ($1, $2, $3, $4, $5)"),
        ["state-update"] = new(
            connection, "UPDATE state SET version = $2, owner = $3, tags = $4, body = $5 WHERE id = $1"),
        ["tag"] = new(connection, "INSERT INTO tag (tag, id) VALUES ($1, $2)"),
        ["tag-delete"] = new(connection, "DELETE FROM tag WHERE tag = $1 AND id = $2"),
        ["record"] = new(connection, "INSERT INTO record (user, collection, id, envelope) VALUES ($1, $2, $3, $4)"),
        ["record-update"] = new(
            connection, "UPDATE record SET envelope = $4 WHERE user = $1 AND collection = $2 AND id = $3"),
    };

    internal void Write(BareRow row) => _statements[row.Kind].Run(row.Values);

    public void Dispose()
    {
        foreach (var statement in _statements.Values) statement.Dispose();
    }
}
