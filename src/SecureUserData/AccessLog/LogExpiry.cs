using System.Collections.Immutable;

namespace SecureUserData.AccessLog;

/// <summary>Which entries of a chain have been emptied, as its owner's state knows.</summary>
/// <param name="Through">All up to this number, except those kept.</param>
/// <param name="Kept">Entries up to there that are still needed, in order.</param>
/// <param name="IsPending">Whether some of them may not be emptied yet, because a crash came between announcing and
/// emptying.</param>
public sealed record LogExpiry(long Through, ImmutableArray<long> Kept, bool IsPending)
{
    /// <summary>Nothing has been emptied.</summary>
    internal static LogExpiry None { get; } = new(0, [], false);

    internal bool Covers(long sequence) => sequence <= Through && Kept.BinarySearch(sequence) < 0;
}
