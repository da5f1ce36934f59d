using SecureUserData.Access;
using SecureUserData.Ports;

namespace SecureUserData.OwnedData;

/// <summary>A page of envelopes, not yet decrypted.</summary>
/// <param name="Collection">Their collection.</param>
/// <param name="Items">The envelopes.</param>
/// <param name="Next">The cursor of the next page; null at the end.</param>
internal sealed record StoredPage(string Collection, IReadOnlyList<StoredRecord> Items, string? Next)
{
    internal static Task<StoredPage> ReadAsync(IRecordStore records, UserId user, Selection selection) =>
        ReadAsync(records, user, selection.Collection!, selection.Cursor, selection.Limit);

    internal static async Task<StoredPage> ReadAsync(
        IRecordStore records, UserId user, string collection, string? cursor, int limit)
    {
        Names.CheckLimit(limit);
        RecordId? after = cursor is null ? null : RecordId.Parse(cursor);
        var items = await records.ListAsync(user, collection, after, limit + 1, Limits.PageBytes);
        var more = items.Count > limit || items.Sum(item => (long)item.Envelope.Length) >= Limits.PageBytes;
        var page = items.Count > limit ? items.Take(limit).ToList() : items;
        return new StoredPage(collection, page, more ? page[^1].Id.ToString() : null);
    }
}
