namespace SecureUserData.Embedded.Sqlite;

/// <summary>What <c>user_version</c> holds: <c>{ 0 (1 bit) || log (23 bits) || schema (8 bits) }</c>.</summary>
/// <param name="Schema">The version of the schema, from 1.</param>
/// <param name="Log">The number of the write-ahead log that wrote it, see <see cref="WriteAheadLog"/>.</param>
internal readonly record struct FileVersion(int Schema, int Log)
{
    private const int LogBits = 23;
    private const int SchemaBits = 8;

    internal int Number => Log << SchemaBits | Schema;

    /// <summary>The same schema, written by the log that follows.</summary>
    internal FileVersion Next => this with { Log = (Log + 1) & ((1 << LogBits) - 1) };

    internal static FileVersion Of(long number) =>
        new((int)number & ((1 << SchemaBits) - 1), (int)(number >> SchemaBits) & ((1 << LogBits) - 1));

    /// <summary>The first of a new file. The number of its log is random, so that the logs of different files differ.
    /// </summary>
    internal static FileVersion First(int schema) =>
        new(schema, System.Security.Cryptography.RandomNumberGenerator.GetInt32(1 << LogBits));

    /// <summary>Whether a log that says this was written over a file that says the other.</summary>
    internal bool Follows(FileVersion file) => Log == file.Log || Log == file.Next.Log;
}
