namespace SecureUserData.Cryptography;

/// <summary>Counts how often a key has sealed with a random nonce. NIST SP 800-38D §8.3 allows 2³² times. Uses are
/// reserved in blocks that are stored before they are used up, so that a crash can lose some and never repeat
/// one.</summary>
internal sealed class KeyUses(long reserved)
{
    /// <summary>Uses reserved at a time.</summary>
    internal const long Block = 65_536;

    /// <summary>From here on the key is due for rotation.</summary>
    internal const long RotateFrom = 1L << 31;

    /// <summary>The hard limit; rotation comes long before it.</summary>
    internal const long Limit = 1L << 32;

    private long _used = reserved; // what an earlier activation did not use up is lost: the count may only be too high

    /// <summary>Uses reserved durably.</summary>
    internal long Reserved { get; private set; } = reserved;

    /// <summary>The reservation that so many more uses need; larger than <see cref="Reserved"/> when it must be stored
    /// first.</summary>
    /// <param name="uses">How many.</param>
    /// <param name="block">How many more to reserve; 0 where the state is stored with the uses anyway.</param>
    /// <exception cref="SecureUserDataException"><see cref="ErrorCode.Unavailable"/> at the limit.</exception>
    internal long Needed(int uses, long block = Block)
    {
        if (_used + uses <= Reserved) return Reserved;
        var needed = _used + uses + block;
        if (needed > Limit)
            throw SecureUserDataException.Unavailable(
                "This user's key has been used too often: rotate the user's key.");
        return needed;
    }

    /// <summary>Takes note that a reservation has been stored.</summary>
    internal void Store(long reserved) => Reserved = Math.Max(Reserved, reserved);

    internal void Spend(int uses) => _used += uses;
}
