using System.Runtime.CompilerServices;
using SecureUserData.Embedded.Erasures;

namespace SecureUserData.Migrate.Folders;

/// <summary>The erasure list beside a database file. It only grows.</summary>
internal sealed class FolderErasures(string database) : IPart<string>
{
    private readonly string _path = ErasureLists.Beside(database);

    public async IAsyncEnumerable<string> ReadAsync([EnumeratorCancellation] CancellationToken cancellation)
    {
        var list = ErasureListFile.Lines(_path).Distinct();
        foreach (var certificate in list.OrderBy(Kinds.Erasures.Id, StringComparer.Ordinal))
        {
            cancellation.ThrowIfCancellationRequested();
            yield return certificate;
        }
        await Task.CompletedTask;
    }

    public Task WriteAsync(IReadOnlyList<Change<string>> changes)
    {
        if (changes.Any(change => change.After is null))
            throw SecureUserDataException.Conflict(
                $"The erasure list {_path} names erasures that the source does not have: somebody was erased here who "
                + "is there. Find out why, or name another folder.");
        new ErasureListFile(_path).Add(changes.Select(change => change.After!));
        return Task.CompletedTask;
    }
}
