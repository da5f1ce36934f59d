using System.Security.Cryptography;
using System.Text;
using SecureUserData.Applications;
using SecureUserData.Cryptography;
using SecureUserData.Rotation;

namespace SecureUserData.Users;

// Index tags and unique keys in the versions of the index key that are there.
public partial class User
{
    /// <inheritdoc/>
    public async Task<SweepStep> ReindexAsync()
    {
        if (DemandForSweep() is not { } state) return SweepStep.Nothing;
        using var lease = await RentKeysAsync(state.App);
        UnloadUnlessWanted();
        var index = lease.Keys.Index;
        if (IndexTags.AreOf(index.CurrentVersion, index.OldestVersion, Tags(state))) return SweepStep.Nothing;
        var next = state with { Fields = [.. state.Fields.Select(field => Reindexed(field, lease.Keys))] };
        _envelope!.Rest();
        var claimed = await ClaimUniqueAsync(state.Fields, next.Fields);
        try
        {
            await SaveAsync(next);
        }
        catch
        {
            await ReleaseUniqueAsync(claimed);
            throw;
        }
        await ReleaseUniqueAsync(UniqueKeys(state.Fields).Except(UniqueKeys(next.Fields)));
        return SweepStep.Moved;
    }

    private StoredField Reindexed(StoredField field, ApplicationKeys keys)
    {
        if (field.IndexTag is null) return field;
        var plaintext = _envelope!.Open(Binding.Field(_app, Name, field.Name), field.Envelope).Plaintext;
        var value = Encoding.UTF8.GetString(plaintext);
        CryptographicOperations.ZeroMemory(plaintext);
        return field with
        {
            IndexTag = keys.IndexTag(field.Name, value), OlderIndexTag = keys.OlderIndexTag(field.Name, value),
        };
    }
}
