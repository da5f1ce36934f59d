namespace SecureUserData;

/// <summary>The end of a user's data (GDPR Art. 17): the user's key is destroyed first, which makes everything under it
/// unreadable at once, then every store forgets the user, and a signed certificate says so. For the user and the user's
/// application.</summary>
public interface IErasure : IEntity
{
    /// <summary>What an erasure would remove and what it would leave. Nothing is changed.</summary>
    Task<ErasurePreview> PreviewAsync();

    /// <summary>Erases, or goes on erasing: one call does a bounded part, so call until
    /// <see cref="ErasureView.Certificate"/> is there. What was begun is finished even if nobody calls again and after
    /// a crash, and calling again when it is finished only gives the certificate once more.</summary>
    Task<ErasureView> RequestAsync();

    /// <summary>How far the erasure is; null when none was requested.</summary>
    Task<ErasureView?> GetAsync();
}

/// <summary>What an erasure would do.</summary>
/// <param name="Removes">What it would remove.</param>
/// <param name="Remains">What it would leave.</param>
public sealed record ErasurePreview(IReadOnlyList<ErasedItems> Removes, IReadOnlyList<Remainder> Remains);

/// <summary>An erasure under way or finished.</summary>
/// <param name="User">The data subject.</param>
/// <param name="App">The user's application.</param>
/// <param name="RequestedBy">Who asked for it: the text of an id.</param>
/// <param name="RequestedAt">When.</param>
/// <param name="Removed">What is removed, as counted when the user's key was destroyed.</param>
/// <param name="Certificate">The signed certificate; null until everything is removed.</param>
public sealed record ErasureView(
    UserId User,
    AppId App,
    string RequestedBy,
    DateTimeOffset RequestedAt,
    IReadOnlyList<ErasedItems> Removed,
    string? Certificate);

/// <summary>Things of one kind that are removed.</summary>
/// <param name="What">What they are, such as <c>records</c>.</param>
/// <param name="Count">How many.</param>
public sealed record ErasedItems(string What, long Count);

/// <summary>Things of one kind that are left. None of them holds identifiable or owned data.</summary>
/// <param name="What">What they are.</param>
/// <param name="Count">How many.</param>
/// <param name="Until">Until when, in words.</param>
public sealed record Remainder(string What, long Count, string Until);
