using SecureUserData.Applications;
using SecureUserData.Entities;
using SecureUserData.Ports;
using SecureUserData.Users;

namespace SecureUserData.Retention;

/// <summary>All users of an application, by pages, the erased ones too. Older versions of its key come first and the
/// erased last: who is moved on the way is met twice rather than never.</summary>
/// <param name="states">Where they are found.</param>
/// <param name="load">The application's keys as they are at that moment: a version may come while it goes on, and one
/// that everybody has left may go.</param>
internal sealed class UserWalk(IStateIndex states, Func<Task<WrappedKeys>> load)
{
    /// <summary>Users of a page. Their states are in memory together, and the largest has some MiB.</summary>
    private const int PageUsers = 64;

    private const char Separator = '@';

    /// <summary>The next page.</summary>
    /// <param name="cursor">Where to go on, <c>{ tag } @ { last id }</c>; null to begin.</param>
    /// <exception cref="SecureUserDataException"><see cref="ErrorCode.Invalid"/> when it is not a cursor.</exception>
    internal async Task<Page<TaggedState>> ReadAsync(string? cursor)
    {
        var (tag, after) = Parse(cursor, Tags(await load()));
        var page = await states.FindAsync(tag, after, PageUsers);
        foreach (var (id, stored) in page)
            if (!stored.Tags.Contains(tag)) throw SecureUserDataException.Tampered($"the tags of {id}");
        if (page.Count == PageUsers) return new Page<TaggedState>(page, tag + Separator + page[^1].Id);
        var tags = Tags(await load()); // whoever has left the page's tag meanwhile is under one of these
        var next = tags.IndexOf(tag) + 1;
        return new Page<TaggedState>(page, next < tags.Count ? tags[next] + Separator : null);
    }

    private static List<string> Tags(WrappedKeys keys) =>
    [
        .. keys.Versions(WrappedKeys.Application).Select(version => UserState.KeyTag(keys.App, version)),
        UserState.ErasedTag(keys.App),
    ];

    private static (string Tag, string After) Parse(string? cursor, List<string> tags)
    {
        if (cursor is null) return (tags[0], "");
        var parts = cursor.Split(Separator);
        if (parts.Length != 2 || (parts[1].Length > 0 && !UserId.TryParse(parts[1], out _)))
            throw Paging.InvalidCursor();
        if (tags.Contains(parts[0])) return (parts[0], parts[1]);
        // The version has been destroyed since: everybody has left it for a newer one.
        return parts[0].StartsWith(UserState.KeyTagPrefix, StringComparison.Ordinal)
            ? (tags[0], "")
            : throw Paging.InvalidCursor();
    }
}
