using SecureUserData.Applications;

namespace SecureUserData.Erasures;

/// <summary>Erasures that certificates of lists prove, each verified with the installation's own key: a line that
/// somebody else has written erases nobody.</summary>
internal sealed class CertifiedErasures(InstallationKeys keys)
{
    private readonly string _key = keys.Certificates.PublicKeyPem();
    private readonly Dictionary<UserId, ErasureStatement> _users = [];
    private readonly List<string> _certificates = [];
    private readonly HashSet<string> _known = new(StringComparer.Ordinal);
    private readonly List<RefusedCertificate> _refused = [];

    /// <summary>Who was erased, by the first certificate of each.</summary>
    internal IReadOnlyDictionary<UserId, ErasureStatement> Users => _users;

    /// <summary>The certificates that verify, each once.</summary>
    internal IReadOnlyList<string> Certificates => _certificates;

    /// <summary>The lines that are none.</summary>
    internal IReadOnlyList<RefusedCertificate> Refused => _refused;

    internal void Add(string list, IEnumerable<string> lines)
    {
        var number = 0;
        foreach (var line in lines) Add(list, ++number, line);
    }

    internal void Add(string list, int number, string line)
    {
        if (_known.Contains(line)) return;
        try
        {
            var statement = ErasureCertificate.Verify(line, _key);
            _users.TryAdd(UserId.Parse(statement.User), statement);
            _certificates.Add(line);
            _known.Add(line);
        }
        catch (SecureUserDataException e)
        {
            _refused.Add(new RefusedCertificate(list, number, e.Message));
        }
    }
}

/// <summary>A line of an erasure list that is no certificate of this installation.</summary>
/// <param name="List">The list.</param>
/// <param name="Line">The number of the line, from 1; empty ones do not count.</param>
/// <param name="Reason">What is wrong with it.</param>
public sealed record RefusedCertificate(string List, int Line, string Reason);
