using System.Diagnostics;
using Microsoft.Data.Sqlite;
using SecureUserData.Rotation;
using SecureUserData.Users;

namespace SecureUserData.Load;

/// <summary>The limit of a sweep: goes over the users by their tag, as a sweep does, reads what the sweep has to read,
/// and writes the very rows that the sweep has left: of an application's key the state and its tag, of the users' keys
/// the state and the records.</summary>
internal sealed class SweepReplay : ILimit
{
    /// <summary>A sweep has so many users under way at the most, each of whom waits for one write at a time: more
    /// cannot share a commit of the engine.</summary>
    private const int UsersPerCommit = ApplicationRotation.PartsPerProcess * SweepPartition.AtOnce;

    private const string KeyTag = $"""
        SELECT max(tag) FROM tag WHERE tag >= '{UserState.KeyTagPrefix}' AND tag < '{UserState.KeyTagPrefix}z'
        """;

    private const string States = """
        SELECT s.id, s.version, s.owner, s.tags, s.body FROM tag AS t JOIN state AS s ON s.id = t.id
        WHERE t.tag = $1 AND t.id > $2 ORDER BY t.id
        """;

    private const string Records = "SELECT user, collection, id, envelope FROM record WHERE user = $1";

    private readonly BareFile _file;
    private readonly BareStatement _states;
    private readonly BareStatement _records;
    private readonly KeyKind _key;

    /// <param name="database">The engine's file.</param>
    /// <param name="folder">Where to write.</param>
    /// <param name="key">What is rotated.</param>
    internal SweepReplay(string database, string folder, KeyKind key)
    {
        _key = key;
        _file = new BareFile(database, folder);
        _states = new BareStatement(_file.Target, States);
        _records = new BareStatement(_file.Target, Records);
    }

    public (double PerSecond, double CpuMicros) Run()
    {
        var (from, to) = (Tag(_file.Target), Tag(_file.Source));
        var next = Load(to);
        GC.Collect();
        var cpu = Environment.CpuUsage.TotalTime;
        var watch = Stopwatch.StartNew();
        var users = Write(from, to, next);
        var elapsed = watch.Elapsed.TotalSeconds;
        cpu = Environment.CpuUsage.TotalTime - cpu;
        if (users != next.Count) throw new InvalidOperationException("The limit has not come to everybody.");
        return (users / elapsed, cpu.TotalMicroseconds / users);
    }

    private int Write(string from, string to, Dictionary<string, IReadOnlyList<BareRow>> next)
    {
        using var statements = new BareStatements(_file.Target);
        var users = 0;
        for (var after = ""; Rows(_states, UsersPerCommit, from, after) is { Count: > 0 } page; users += page.Count)
        {
            _file.Begin();
            foreach (var state in page)
            {
                var user = (string)state[0];
                if (_key == KeyKind.User) Rows(_records, int.MaxValue, user);
                foreach (var row in next[user]) statements.Write(row);
                if (from != to)
                {
                    statements.Write(new BareRow("tag-delete", [from, user]));
                    statements.Write(new BareRow("tag", [to, user]));
                }
                after = user;
            }
            _file.Commit();
        }
        return users;
    }

    /// <summary>What the sweep has left of each user.</summary>
    private Dictionary<string, IReadOnlyList<BareRow>> Load(string tag)
    {
        using var states = new BareStatement(_file.Source, States);
        using var records = new BareStatement(_file.Source, Records);
        return Rows(states, int.MaxValue, tag, "").ToDictionary(
            state => (string)state[0],
            IReadOnlyList<BareRow> (state) =>
            [
                new BareRow("state-update", state),
                .. _key == KeyKind.User
                    ? Rows(records, int.MaxValue, state[0]).Select(record => new BareRow("record-update", record))
                    : [],
            ]);
    }

    /// <summary>The tag that a sweep finds everybody by: everybody is under the same version.</summary>
    private static string Tag(SqliteConnection connection)
    {
        using var statement = new BareStatement(connection, KeyTag);
        using var reader = statement.Query();
        return reader.Read() ? reader.GetString(0) : throw new InvalidOperationException("There are no users.");
    }

    private static List<object[]> Rows(BareStatement statement, int limit, params ReadOnlySpan<object?> values)
    {
        using var reader = statement.Query(values);
        var rows = new List<object[]>();
        while (rows.Count < limit && reader.Read())
        {
            var row = new object[reader.FieldCount];
            reader.GetValues(row);
            rows.Add(row);
        }
        return rows;
    }

    public void Dispose()
    {
        _states.Dispose();
        _records.Dispose();
        _file.Dispose();
    }
}
