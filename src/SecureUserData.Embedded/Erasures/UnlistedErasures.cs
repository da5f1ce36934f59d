using SecureUserData.Embedded.Sqlite;
using SecureUserData.Entities;
using SecureUserData.Erasures;

namespace SecureUserData.Embedded.Erasures;

/// <summary>Erasures that the database knows and the list does not: those of before there was a list, or whose list was
/// lost or is to be kept in one more place from now on.</summary>
internal static class UnlistedErasures
{
    private const int AtOnce = 1_000; // for one sync

    internal static async Task ListAsync(SqliteStore store, IEntityContext context)
    {
        var erasures = store.Readers.List(
            "SELECT id FROM state WHERE id >= 'erasure/' AND id < 'erasure0'", [], row => row.Text(0));
        if (erasures.Count == 0) return;
        var listed = await store.Erasures.UsersAsync();
        foreach (var page in erasures.Where(id => !IsListed(id)).Chunk(AtOnce))
        {
            var certificates = new List<string>();
            foreach (var id in page)
                if (await CertificateAsync(id, context) is { } certificate) certificates.Add(certificate);
            await store.Erasures.AddAsync(certificates);
        }

        bool IsListed(string id) => ErasureId.TryParse(id, out var erasure) && listed.Contains(erasure.User);
    }

    /// <summary>Null when it is not finished, and when it does not authenticate: whoever asks for that one is told, and
    /// nobody else is kept from the data by it.</summary>
    private static async Task<string?> CertificateAsync(string id, IEntityContext context)
    {
        if (!ErasureId.TryParse(id, out var erasure)) return null;
        try
        {
            return await context.Internal<IErasureInternals>(erasure).GetCertificateAsync();
        }
        catch (SecureUserDataException e) when (e.Code == ErrorCode.Tampered)
        {
            return null;
        }
    }
}
