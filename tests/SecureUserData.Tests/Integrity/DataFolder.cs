using SecureUserData.Conformance;
using System.Security.Cryptography;
using Microsoft.Data.Sqlite;
using SecureUserData.Cryptography;
using SecureUserData.Embedded;

namespace SecureUserData.Tests.Integrity;

/// <summary>A data folder of its own for one test, with what an attacker has who can write to the disk and has no key.
/// </summary>
/// <param name="path">A folder that is there already; otherwise a new one.</param>
internal sealed class DataFolder(string? path = null) : IDisposable
{
    internal const string Masters = "1:AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=";

    internal string Path { get; } = path ?? Directory.CreateTempSubdirectory("sud-test-").FullName;

    internal string Database => System.IO.Path.Combine(Path, "sud.db");

    internal string Log => Database + "-wal";

    internal DataFolder Copy()
    {
        var copy = new DataFolder();
        File.Copy(Database, copy.Database);
        return copy;
    }

    internal Task<EmbeddedEngine> OpenAsync(string masters = Masters) => EmbeddedEngine.OpenAsync(
        Path, MasterKeyRing.Parse(masters), new EmbeddedOptions { Time = new FakeClock() });

    /// <summary>Runs SQL on the closed database and returns how many rows it changed.</summary>
    internal int Sql(string sql, params object?[] values)
    {
        using var connection = Connect();
        using var command = Command(connection, sql, values);
        return command.ExecuteNonQuery();
    }

    internal T Value<T>(string sql, params object?[] values)
    {
        using var connection = Connect();
        using var command = Command(connection, sql, values);
        return (T)command.ExecuteScalar()!;
    }

    internal List<string> Texts(string sql, params object?[] values)
    {
        using var connection = Connect();
        using var command = Command(connection, sql, values);
        using var rows = command.ExecuteReader();
        var texts = new List<string>();
        while (rows.Read()) texts.Add(rows.GetString(0));
        return texts;
    }

    internal List<object[]> Rows(string sql)
    {
        using var connection = Connect();
        using var command = Command(connection, sql, []);
        using var reader = command.ExecuteReader();
        var rows = new List<object[]>();
        while (reader.Read())
        {
            var row = new object[reader.FieldCount];
            reader.GetValues(row);
            rows.Add(row);
        }
        return rows;
    }

    /// <summary>A digest of every file, by name.</summary>
    internal Dictionary<string, string> Digests() => Directory.GetFiles(Path).ToDictionary(
        file => System.IO.Path.GetFileName(file),
        file => Convert.ToHexString(SHA256.HashData(File.ReadAllBytes(file))));

    private SqliteConnection Connect()
    {
        var connection = new SqliteConnection($"Data Source={Database};Pooling=False");
        connection.Open();
        return connection;
    }

    private static SqliteCommand Command(SqliteConnection connection, string sql, object?[] values)
    {
        var command = connection.CreateCommand();
        command.CommandText = sql;
        for (var i = 0; i < values.Length; i++) command.Parameters.AddWithValue($"${i + 1}", values[i] ?? DBNull.Value);
        return command;
    }

    public void Dispose() => Directory.Delete(Path, recursive: true);
}
