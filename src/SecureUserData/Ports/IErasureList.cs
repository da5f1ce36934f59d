namespace SecureUserData.Ports;

/// <summary>The certificates of finished erasures, kept apart from all that a backup sets back: who restores an older
/// backup learns from them who stays erased.</summary>
public interface IErasureList
{
    /// <summary>Adds certificates durably, before anybody is told of them. What is in the list already stays in it
    /// once.</summary>
    /// <exception cref="SecureUserDataException"><see cref="ErrorCode.Unavailable"/> when a place of the list cannot
    /// be written.</exception>
    Task AddAsync(IReadOnlyList<string> certificates);

    /// <summary>The users that the list names, in each of its places. What it says is not verified here.</summary>
    ValueTask<IReadOnlySet<UserId>> UsersAsync();

    /// <summary>What the list holds, in any of its places; always in the same order, but for what is added. It is not
    /// verified here.</summary>
    IAsyncEnumerable<string> CertificatesAsync(CancellationToken cancellation = default);
}
