namespace SecureUserData.Embedded.Sqlite;

/// <summary>How a file of an older schema version becomes one of the newest (docs/decisions/007).</summary>
internal static class SchemaUpgrades
{
    /// <summary>The first script leads from version 1 to version 2, and so on. What has been released is never changed:
    /// a new version is a new script at the end.</summary>
    internal static readonly IReadOnlyList<string> All =
    [
        // 2: user_version holds the number of the write-ahead log too. The tables are the same; a program that does not
        // count the logs must not write to the file.
        "",

        // 3: the rotation of an application's keys looks daily whether it is due.
        "INSERT INTO wakeup (id, due) SELECT 'rotation/' || id, 0 FROM state WHERE id >= 'app_' AND id < 'app`' "
            + "ON CONFLICT DO NOTHING;",

        // 4: an erasure finds all unique keys of a user.
        "CREATE INDEX unique_key_holder ON unique_key (holder);",
    ];

    /// <summary>The version that a list of scripts leads to.</summary>
    internal static int Newest(IReadOnlyList<string> scripts) => 1 + scripts.Count;

    /// <summary>Runs what is missing, each script in a transaction of its own together with its version number, so that
    /// a crash leaves one version or the other.</summary>
    internal static void Run(WriteAheadLog log, IReadOnlyList<string> scripts)
    {
        for (var version = log.Version.Schema; version < Newest(scripts); version++)
            log.Transact(scripts[version - 1], version + 1);
    }
}
