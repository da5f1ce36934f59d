using SecureUserData.Applications;
using SecureUserData.Entities;
using SecureUserData.Ports;
using SecureUserData.Users;

namespace SecureUserData.Retention;

/// <summary>All users of an application, by pages, the erased ones too. Older versions of its key come first and the
/// erased last: who is moved on the way is met twice rather than never.</summary>
internal sealed class UserWalk(IStateIndex states, WrappedKeys keys)
{
    /// <summary>Users of a page. Their states are in memory together, and the largest has some MiB.</summary>
    private const int PageUsers = 64;

    private const char Separator = '@';

    private readonly List<string> _tags =
    [
        .. keys.Keys
            .Where(key => key.Purpose == WrappedKeys.Application)
            .Select(key => key.Version)
            .Order()
            .Select(version => UserState.KeyTag(keys.App, version)),
        UserState.ErasedTag(keys.App),
    ];

    /// <summary>The next page.</summary>
    /// <param name="cursor">Where to go on, <c>{ tag } @ { last id }</c>; null to begin.</param>
    /// <exception cref="SecureUserDataException"><see cref="ErrorCode.Invalid"/> when it is not a cursor.</exception>
    internal async Task<Page<TaggedState>> ReadAsync(string? cursor)
    {
        var parts = (cursor ?? _tags[0] + Separator).Split(Separator);
        var at = _tags.IndexOf(parts[0]);
        if (at < 0 || parts.Length != 2 || (parts[1].Length > 0 && !UserId.TryParse(parts[1], out _)))
            throw Paging.InvalidCursor();
        var page = await states.FindAsync(parts[0], parts[1], PageUsers);
        foreach (var (id, stored) in page)
            if (!stored.Tags.Contains(parts[0])) throw SecureUserDataException.Tampered($"the tags of {id}");
        if (page.Count == PageUsers) return new Page<TaggedState>(page, parts[0] + Separator + page[^1].Id);
        return new Page<TaggedState>(page, at + 1 < _tags.Count ? _tags[at + 1] + Separator : null);
    }
}
