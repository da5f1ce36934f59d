using System.Runtime.CompilerServices;
using System.Security.Cryptography;
using System.Text;
using MongoDB.Bson;
using MongoDB.Driver;
using SecureUserData.Ports;

namespace SecureUserData.Cluster.Mongo;

/// <summary>The erasure list: <c>{ _id: SHA-256 of the certificate, certificate }</c>, in a database of its own.
/// </summary>
internal sealed class MongoErasureList(IMongoDatabase database) : IErasureList
{
    internal const string Collection = "erasures";
    internal const string Certificate = "certificate";

    private readonly IMongoCollection<BsonDocument> _erasures = database.GetCollection<BsonDocument>(Collection);

    public Task AddAsync(IReadOnlyList<string> certificates) => MongoErrors.RunAsync(async () =>
    {
        if (certificates.Count == 0) return;
        try
        {
            await _erasures.InsertManyAsync(
                certificates.Select(certificate => new BsonDocument
                {
                    { Documents.Id, Id(certificate) }, { Certificate, certificate },
                }),
                new InsertManyOptions { IsOrdered = false });
        }
        catch (MongoException e) when (MongoErrors.IsDuplicate(e))
        {
            // all the others are in the list now, and these were before
        }
    });

    internal static string Id(string certificate) =>
        Convert.ToHexString(SHA256.HashData(Encoding.UTF8.GetBytes(certificate)));

    public async ValueTask<IReadOnlySet<UserId>> UsersAsync()
    {
        var users = new HashSet<UserId>();
        await foreach (var certificate in CertificatesAsync())
            if (UserId.TryParse(ErasureCertificate.Unverified(certificate)?.User, out var user)) users.Add(user);
        return users;
    }

    public async IAsyncEnumerable<string> CertificatesAsync(
        [EnumeratorCancellation] CancellationToken cancellation = default)
    {
        using var cursor = await MongoErrors.RunAsync(() =>
            _erasures.Find(new BsonDocument()).Sort(Documents.ById).ToCursorAsync(cancellation));
        while (await MongoErrors.RunAsync(() => cursor.MoveNextAsync(cancellation)))
            foreach (var listed in cursor.Current) yield return listed.Text(Certificate);
    }
}
