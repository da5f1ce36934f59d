using SecureUserData.Embedded.Sqlite;

namespace SecureUserData.Embedded;

/// <summary>What a database holds, in numbers.</summary>
/// <param name="Applications">Applications.</param>
/// <param name="Users">Users, erased ones too.</param>
/// <param name="Scripts">Scripts.</param>
/// <param name="Decisions">Consents on which something was decided.</param>
/// <param name="Records">Owned records.</param>
/// <param name="LogEntries">Entries of the access log.</param>
public sealed record StoredCounts(
    long Applications, long Users, long Scripts, long Decisions, long Records, long LogEntries)
{
    internal static StoredCounts Of(SqliteReaders readers)
    {
        return new StoredCounts(
            Applications: Number("SELECT count(*) FROM state WHERE id >= 'app_' AND id < 'app`'"),
            Users: Number("SELECT count(*) FROM state WHERE id >= 'usr_' AND id < 'usr`' AND id NOT LIKE '%/%'"),
            Scripts: Number("SELECT count(*) FROM state WHERE id >= 'scr_' AND id < 'scr`'"),
            Decisions: Number("SELECT count(*) FROM state WHERE id >= 'usr_' AND id < 'usr`' AND id LIKE '%/%'"),
            Records: Number("SELECT count(*) FROM record"),
            LogEntries: Number("SELECT coalesce(max(rowid), 0) FROM log"));

        long Number(string sql) => readers.Read(sql, [], row => row.Read() ? row.Integer(0) : 0);
    }
}
