using Microsoft.Data.Sqlite;
using SecureUserData.Embedded.Sqlite;

namespace SecureUserData.Load;

/// <summary>What a flow is measured against.</summary>
internal interface ILimit : IDisposable
{
    /// <summary>Writes what the engine has written since the last time.</summary>
    /// <returns>Operations a second, and processor time an operation in microseconds.</returns>
    (double PerSecond, double CpuMicros) Run();
}

/// <summary>A copy of the engine's file, of the same schema and settings, which a limit writes to on one
/// thread.</summary>
internal sealed class BareFile : IDisposable
{
    private readonly BareStatement _begin;
    private readonly BareStatement _commit;

    /// <param name="database">The engine's file.</param>
    /// <param name="folder">Where to write.</param>
    internal BareFile(string database, string folder)
    {
        Source = SqliteFile.OpenReader(database);
        var path = Path.Combine(folder, "bare.db");
        using (var copy = new SqliteConnection($"Data Source={path};Pooling=False"))
        {
            copy.Open();
            Source.BackupDatabase(copy); // what was there before the first round
        }
        Target = SqliteFile.OpenWriter(path, create: false);
        SqliteFile.Execute(Target, "PRAGMA wal_autocheckpoint=4000"); // as often as the engine's writer does it itself
        _begin = new BareStatement(Target, "BEGIN IMMEDIATE");
        _commit = new BareStatement(Target, "COMMIT");
    }

    /// <summary>The engine's file, to be read.</summary>
    internal SqliteConnection Source { get; }

    /// <summary>The copy.</summary>
    internal SqliteConnection Target { get; }

    internal void Begin() => _begin.Run();

    internal void Commit() => _commit.Run();

    public void Dispose()
    {
        _begin.Dispose();
        _commit.Dispose();
        Source.Dispose();
        Target.Dispose();
    }
}
