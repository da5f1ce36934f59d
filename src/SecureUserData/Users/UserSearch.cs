using System.Security.Cryptography;
using SecureUserData.Applications;
using SecureUserData.Cryptography;
using SecureUserData.Ports;

namespace SecureUserData.Users;

/// <summary>Finds an application's users by tags of their states, each state authenticated: an index row that somebody
/// else wrote must not pass for an answer.</summary>
/// <param name="states">The index.</param>
/// <param name="rent">Rents the application's keys.</param>
internal sealed class UserSearch(IStateIndex states, Func<ValueTask<KeyLease>> rent)
{
    /// <summary>A page of those who carry one of the tags, in the order of their ids.</summary>
    internal async Task<Page<UserId>> FindAsync(IEnumerable<string> tags, string? cursor, int limit)
    {
        var found = new HashSet<UserId>();
        foreach (var tag in tags)
        {
            var tagged = await states.FindAsync(tag, cursor, limit + 1);
            using var lease = await rent(); // after the states: a version that came meanwhile opens too
            var seal = StateSeal.Of(lease.Keys);
            foreach (var (id, stored) in tagged)
            {
                if (!stored.Tags.Contains(tag)) throw SecureUserDataException.Tampered($"the tags of {id}");
                CryptographicOperations.ZeroMemory(seal.Open(id, stored));
                found.Add(UserId.Parse(id));
            }
        }
        var page = found.OrderBy(id => id.ToString(), StringComparer.Ordinal).Take(limit).ToList();
        return new Page<UserId>(page, found.Count > limit ? page[^1].ToString() : null);
    }
}
