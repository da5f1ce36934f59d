using SecureUserData.Entities;

namespace SecureUserData.Erasures;

/// <summary>Erasures that the data knows and the list does not: those of before there was a list, or whose list was
/// lost or is to be kept in one more place from now on.</summary>
/// <param name="services">The services over the data.</param>
/// <param name="context">The way to applications' keys.</param>
internal sealed class UnlistedErasures(DomainServices services, IEntityContext context)
{
    private readonly StoredErasures _stored = new(services, context);

    internal async Task ListAsync(CancellationToken cancellation = default)
    {
        IReadOnlySet<UserId>? listed = null;
        await foreach (var page in _stored.PagesAsync(cancellation)) // each is one sync
        {
            listed ??= await services.Ports.Erasures.UsersAsync();
            var certificates = new List<string>();
            foreach (var (user, state) in page.Where(erasure => !listed.Contains(erasure.User)))
                if (await _stored.CertificateAsync(user, state) is { } certificate) certificates.Add(certificate);
            if (certificates.Count > 0) await services.Ports.Erasures.AddAsync(certificates);
        }
    }
}
