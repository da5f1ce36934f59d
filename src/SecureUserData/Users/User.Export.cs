using SecureUserData.Access;
using SecureUserData.OwnedData;

namespace SecureUserData.Users;

// What an export is put together from, page by page.
public partial class User
{
    /// <inheritdoc/>
    public async Task<ExportedProfile> ExportProfileAsync()
    {
        var state = Demand(CallerKind.User);
        await AppendAsync(Entry(Activity.DataExported, "field/*", "field/*/history"));
        return new ExportedProfile(Now, Profile(state), DecryptHistory(state.Fields));
    }

    /// <inheritdoc/>
    public async Task<Page<Record>> ExportRecordsAsync(string collection, string? cursor = null, int limit = 100)
    {
        Demand(CallerKind.User);
        Names.Check(collection, "collection");
        var page = await StoredPage.ReadAsync(Services.Ports.Records, _id, collection, cursor, limit);
        await AppendAsync(Entry(Activity.DataExported, Place(page)));
        return Decrypt(page);
    }

    /// <inheritdoc/>
    public async Task<IReadOnlyList<ChainedLogEntry>> ExportLogAsync(long after = 0, int limit = 100)
    {
        var state = Demand(CallerKind.User);
        if (_refusals.Take(Now) is { } counted) await AppendAsync(counted);
        using var lease = await RentKeysAsync(state.App);
        return await _chain!.ReadRowsAsync(after, limit, lease.Keys.Log);
    }
}
