using SecureUserData.Entities;

namespace SecureUserData.Erasures;

/// <summary>What an engine asks of an erasure.</summary>
public interface IErasureInternals : IEntityInternals
{
    /// <summary>Erases a user in a restored copy of the data, wholly, because a certificate says that the user was
    /// erased after the copy was made. Doing it again does nothing. The copy gets a certificate of its own: the first
    /// one names an entry of the access log that the copy does not have.</summary>
    /// <param name="certified">What the certificate says, once it has been verified.</param>
    /// <exception cref="SecureUserDataException"><see cref="ErrorCode.NotFound"/> when there is no such
    /// user.</exception>
    Task EraseAgainAsync(ErasureStatement certified);
}
