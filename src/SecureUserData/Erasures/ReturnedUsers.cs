using SecureUserData.Entities;

namespace SecureUserData.Erasures;

/// <summary>Who was erased, as the list proves, and is there again, or is there in part: the data was restored from a
/// copy of before.</summary>
/// <param name="Users">What a certificate says of each.</param>
/// <param name="Refused">What the list holds besides, and is no certificate.</param>
internal sealed record ReturnedUsers(
    IReadOnlyDictionary<UserId, ErasureStatement> Users, IReadOnlyList<RefusedCertificate> Refused)
{
    /// <summary>Goes over all erasures once and over the list once. Nothing is verified but what names somebody who is
    /// not wholly erased, since verifying costs most.</summary>
    internal static async Task<ReturnedUsers> FindAsync(
        DomainServices services, IEntityContext context, CancellationToken cancellation)
    {
        var stored = new StoredErasures(services, context);
        var erased = new HashSet<UserId>();
        await foreach (var page in stored.PagesAsync(cancellation))
            foreach (var (user, state) in page)
                if (await stored.CertificateAsync(user, state) is not null) erased.Add(user);
        var certified = new CertifiedErasures(services.Installation);
        var number = 0;
        await foreach (var certificate in services.Ports.Erasures.CertificatesAsync(cancellation))
        {
            number++;
            if (!UserId.TryParse(ErasureCertificate.Unverified(certificate)?.User, out var user)
                || !erased.Contains(user))
                certified.Add("the erasure list", number, certificate);
        }
        var users = await stored.UnfinishedAsync(certified.Users.Keys);
        return new ReturnedUsers(users.ToDictionary(user => user, user => certified.Users[user]), certified.Refused);
    }
}
