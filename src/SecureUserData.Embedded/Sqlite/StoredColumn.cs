using Microsoft.Data.Sqlite;

namespace SecureUserData.Embedded.Sqlite;

/// <summary>Columns, read in the type that they were written in. SQLite would turn one type into another unasked, so
/// that a changed type byte, or a missing value, would pass or fail elsewhere.</summary>
internal static class StoredColumn
{
    internal static string Text(this SqliteDataReader row, int column) =>
        row.GetValue(column) as string ?? throw Tampered(row, column);

    internal static long Integer(this SqliteDataReader row, int column) =>
        row.GetValue(column) as long? ?? throw Tampered(row, column);

    internal static byte[] Blob(this SqliteDataReader row, int column) =>
        row.GetValue(column) as byte[] ?? throw Tampered(row, column);

    private static SecureUserDataException Tampered(SqliteDataReader row, int column) =>
        SecureUserDataException.Tampered($"a column '{row.GetName(column)}' in the database file");
}
