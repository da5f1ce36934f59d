namespace SecureUserData;

/// <summary>A part of a longer list.</summary>
/// <param name="Items">The items of this page, at most <see cref="Limits.PageItems"/>.</param>
/// <param name="Next">What to pass as cursor for the next page; null at the end.</param>
/// <typeparam name="T">What the list holds.</typeparam>
public sealed record Page<T>(IReadOnlyList<T> Items, string? Next);
