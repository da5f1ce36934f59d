using SecureUserData.Ports;

namespace SecureUserData.Embedded.Erasures;

/// <summary>The erasure list in every place where it is kept.</summary>
/// <param name="own">Beside the database.</param>
/// <param name="elsewhere">On another disk, so that both are not lost at once; null for none.</param>
internal sealed class ErasureLists(string own, string? elsewhere = null) : IErasureList
{
    private readonly ErasureListFile[] _files =
        elsewhere is null ? [new(own)] : [new(own), new(Path.GetFullPath(elsewhere))];

    /// <summary>The list that belongs to a database file.</summary>
    internal static string Beside(string database) => Path.ChangeExtension(database, ".erasures");

    public Task AddAsync(IReadOnlyList<string> certificates) => Task.Factory.StartNew(
        () =>
        {
            foreach (var file in _files) file.Add(certificates);
        },
        CancellationToken.None,
        TaskCreationOptions.DenyChildAttach,
        TaskScheduler.Default); // an entity's thread does not wait for the disk

    /// <summary>Those named in every place.</summary>
    public ValueTask<IReadOnlySet<UserId>> UsersAsync() => new(DiskErrors.Translated(IReadOnlySet<UserId> () =>
    {
        var named = Users(_files[0].Path);
        foreach (var file in _files.Skip(1)) named.IntersectWith(Users(file.Path));
        return named;
    }));

    public IAsyncEnumerable<string> CertificatesAsync(CancellationToken cancellation) => DiskErrors.Translated(() =>
        _files.SelectMany(file => ErasureListFile.Lines(file.Path)).Distinct().ToList()).ToAsyncEnumerable();

    private static HashSet<UserId> Users(string path)
    {
        var users = new HashSet<UserId>();
        foreach (var line in ErasureListFile.Lines(path))
            if (UserId.TryParse(ErasureCertificate.Unverified(line)?.User, out var user)) users.Add(user);
        return users;
    }
}
