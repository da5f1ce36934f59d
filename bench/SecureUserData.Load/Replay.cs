using System.Diagnostics;
using Microsoft.Data.Sqlite;
using SecureUserData.Embedded.Sqlite;

namespace SecureUserData.Load;

/// <summary>The limit: writes the very rows that the engine has written in a round once more, in their order, into
/// another file of the same schema and settings, with Microsoft.Data.Sqlite's prepared commands on one thread. As many
/// operations share a commit as there are callers, which is the most that the engine's callers could share.</summary>
internal sealed class Replay : IDisposable
{
    private readonly SqliteConnection _source;
    private readonly SqliteConnection _target;
    private readonly Statement _begin;
    private readonly Statement _commit;
    private long _position;
    private long _state;
    private long _record;

    internal Replay(string database, string folder)
    {
        _source = SqliteFile.OpenReader(database);
        _target = SqliteFile.OpenWriter(Path.Combine(folder, "bare.db"), create: true);
        SqliteFile.Execute(_target, "PRAGMA wal_autocheckpoint=4000"); // as often as the engine's writer does it itself
        _begin = new Statement(_target, "BEGIN IMMEDIATE");
        _commit = new Statement(_target, "COMMIT");
        Write(Load()); // what was there before the first round
    }

    /// <summary>Writes what the engine has written since the last time.</summary>
    /// <returns>Operations a second.</returns>
    internal double Run()
    {
        var operations = Load();
        GC.Collect();
        var watch = Stopwatch.StartNew();
        Write(operations);
        return operations.Count / watch.Elapsed.TotalSeconds;
    }

    private void Write(IReadOnlyList<IReadOnlyList<BareRow>> operations)
    {
        using var statements = new BareStatements(_target);
        for (var i = 0; i < operations.Count; i++)
        {
            if (i % Flow.Callers == 0) _begin.Run();
            foreach (var row in operations[i]) statements.Write(row);
            if (i % Flow.Callers == Flow.Callers - 1 || i == operations.Count - 1) _commit.Run();
        }
    }

    /// <summary>One operation for each new row of the log, with the rows of the same user that came with it.</summary>
    private List<IReadOnlyList<BareRow>> Load()
    {
        var states = Rows("SELECT row, id, version, owner, tags, body FROM state WHERE row > $1", _state)
            .ToDictionary(row => (string)row[1]);
        var changed = Changed(states);
        var keys = Rows("SELECT 0, key, holder, epoch FROM unique_key WHERE $1 = $1", 0)
            .ToLookup(row => (string)row[2]);
        var records = Rows("SELECT row, user, collection, id, envelope FROM record WHERE row > $1", _record)
            .ToDictionary(row => $"record/{row[2]}/{row[3]}");
        var operations = new List<IReadOnlyList<BareRow>>();
        foreach (var log in Rows("SELECT rowid, chain, sequence, body, mac FROM log WHERE rowid > $1", _position))
        {
            var rows = new List<BareRow> { new("log", log) };
            var chain = (string)log[1];
            if (states.Remove(chain, out var state))
            {
                rows.AddRange(keys[chain].Select(key => new BareRow("unique_key", key[1..])));
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
        _position = Max("log", "rowid");
        _state = Max("state", "row");
        _record = Max("record", "row");
        return operations;
    }

    /// <summary>States that were stored before and have changed since: only a flow that changes states has
    /// them.</summary>
    private Dictionary<string, object[]> Changed(Dictionary<string, object[]> fresh)
    {
        var known = new HashSet<string>(
            Rows(_target, "SELECT 0, id || version FROM state WHERE $1 = $1", 0).Select(row => (string)row[1]));
        return Rows("SELECT row, id, version, owner, tags, body FROM state WHERE $1 = $1", 0)
            .Where(row => !fresh.ContainsKey((string)row[1]) && !known.Contains($"{row[1]}{row[2]}"))
            .ToDictionary(row => (string)row[1], row => row[1..]);
    }

    private static string[] Tags(object[] state) =>
        ((string)state[4]).Split('\n', StringSplitOptions.RemoveEmptyEntries);

    private static string? Record(byte[] body)
    {
        using var entry = System.Text.Json.JsonDocument.Parse(body);
        return entry.RootElement.TryGetProperty("names", out var names) ? names[0].GetString() : null;
    }

    private List<object[]> Rows(string sql, long after) => Rows(_source, sql, after);

    private static List<object[]> Rows(SqliteConnection connection, string sql, long after)
    {
        using var statement = new Statement(connection, sql);
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
        _begin.Dispose();
        _commit.Dispose();
        _source.Dispose();
        _target.Dispose();
    }
}

/// <summary>A row to be written without any domain.</summary>
internal sealed record BareRow(string Kind, object[] Values);

/// <summary>The statements that the engine uses too.</summary>
internal sealed class BareStatements(SqliteConnection connection) : IDisposable
{
    private readonly Dictionary<string, Statement> _statements = new()
    {
        ["log"] = new(connection, "INSERT INTO log (rowid, chain, sequence, body, mac) VALUES ($1, $2, $3, $4, $5)"),
        ["unique_key"] = new(connection, "INSERT INTO unique_key (key, holder, epoch) VALUES ($1, $2, $3)"),
        ["state"] = new(connection, "INSERT INTO state (id, version, owner, tags, body) VALUES ($1, $2, $3, $4, $5)"),
        ["state-update"] = new(
            connection, "UPDATE state SET version = $2, owner = $3, tags = $4, body = $5 WHERE id = $1"),
        ["tag"] = new(connection, "INSERT INTO tag (tag, id) VALUES ($1, $2)"),
        ["record"] = new(connection, "INSERT INTO record (user, collection, id, envelope) VALUES ($1, $2, $3, $4)"),
    };

    internal void Write(BareRow row) => _statements[row.Kind].Run(row.Values);

    public void Dispose()
    {
        foreach (var statement in _statements.Values) statement.Dispose();
    }
}
