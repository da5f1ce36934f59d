using SecureUserData.Cryptography;

namespace SecureUserData.Rotation;

/// <summary>Looks at the tags of a user's state.</summary>
internal static class IndexTags
{
    /// <summary>Whether every indexed field has a tag in each of these versions of the index key, and in no
    /// other.</summary>
    /// <param name="current">The newest version.</param>
    /// <param name="oldest">The oldest version; the same when there is one only.</param>
    /// <param name="tags">The tags.</param>
    internal static bool AreOf(int current, int oldest, IReadOnlyList<string> tags)
    {
        var (inCurrent, inOldest) = (0, 0);
        foreach (var tag in tags)
        {
            var version = BlindIndex.KeyVersion(tag);
            if (version == 0) continue; // another kind of tag
            if (version == current) inCurrent++;
            else if (version == oldest) inOldest++;
            else return false;
        }
        return inOldest == (oldest == current ? 0 : inCurrent);
    }
}
