using System.Runtime.CompilerServices;
using SecureUserData.Embedded.Sqlite;

namespace SecureUserData.Migrate.Folders;

/// <summary>What a database file holds of a kind.</summary>
/// <param name="kind">The kind.</param>
/// <param name="store">The store.</param>
/// <param name="sql">The query of those after one, in order.</param>
/// <param name="after">The parameters of the query after one; null for all.</param>
/// <param name="read">Reads one.</param>
/// <param name="write">Makes a change, within the writer's transaction.</param>
internal sealed class SqlitePart<T>(
    Kind<T> kind,
    SqliteStore store,
    string sql,
    Func<T?, object?[]> after,
    Func<Rows, T> read,
    Action<SqliteWriter, Change<T>> write)
    : IPart<T>
    where T : class
{
    public async IAsyncEnumerable<T> ReadAsync([EnumeratorCancellation] CancellationToken cancellation)
    {
        T? last = null;
        while (ReadPage(last) is { Count: > 0 } page)
            foreach (var item in page)
            {
                cancellation.ThrowIfCancellationRequested();
                yield return last = item;
            }
        await Task.CompletedTask;
    }

    public Task WriteAsync(IReadOnlyList<Change<T>> changes) =>
        store.Writer.WriteAsync((changes, write), static (writer, all) =>
        {
            foreach (var change in all.changes) all.write(writer, change);
            return true;
        });

    private List<T> ReadPage(T? last) => store.Readers.Read(sql, after(last), rows =>
    {
        var page = new List<T>();
        for (long bytes = 0; page.Count < Limits.PageItems && bytes < Limits.PageBytes && rows.Read();
            bytes += kind.Bytes(page[^1]))
            page.Add(read(rows));
        return page;
    });
}
