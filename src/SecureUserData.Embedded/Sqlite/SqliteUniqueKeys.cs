using SecureUserData.Ports;

namespace SecureUserData.Embedded.Sqlite;

/// <summary>Unique keys.</summary>
/// <param name="writer">The writer.</param>
/// <param name="epoch">The number of this opening of the file. Claims of earlier ones are settled: their holders either
/// saved the key as a tag, or never will.</param>
internal sealed class SqliteUniqueKeys(SqliteWriter writer, long epoch) : IUniqueKeys
{
    public Task<bool> ClaimAsync(string key, string holder) =>
        writer.WriteAsync((key, holder, epoch), static (w, claim) =>
            w.Prepare(
                """
                INSERT INTO unique_key (key, holder, epoch) VALUES ($1, $2, $3)
                ON CONFLICT (key) DO UPDATE SET holder = $2, epoch = $3
                WHERE holder = $2 OR (
                    epoch < $3 AND NOT EXISTS (SELECT 1 FROM tag WHERE tag = $1 AND id = unique_key.holder))
                """).Run(claim.key, claim.holder, claim.epoch) > 0);

    public Task ReleaseAsync(string key, string holder) =>
        writer.WriteAsync((key, holder), static (w, claim) =>
            w.Prepare(
                """
                DELETE FROM unique_key WHERE key = $1 AND holder = $2
                AND NOT EXISTS (SELECT 1 FROM tag WHERE tag = $1 AND id = $2)
                """).Run(claim.key, claim.holder));

    public Task ReleaseAllAsync(string holder) =>
        writer.WriteAsync(holder, static (w, holder) =>
            w.Prepare(
                """
                DELETE FROM unique_key WHERE holder = $1
                AND NOT EXISTS (SELECT 1 FROM tag WHERE tag = unique_key.key AND id = $1)
                """).Run(holder));
}
