using System.Security.Cryptography;
using System.Text;
using SecureUserData.Access;
using SecureUserData.Cryptography;

namespace SecureUserData.Users;

// The values that fields had before, kept in their own envelopes.
public partial class User
{
    /// <inheritdoc/>
    public async Task<IReadOnlyList<FieldVersion>> GetHistoryAsync(string? field = null)
    {
        var state = Demand(CallerKind.User);
        if (field is not null) Names.Check(field, "field");
        await AppendAsync(Entry(Activity.OwnDataRead, $"field/{field ?? "*"}/history"));
        return DecryptHistory(state.Fields.Where(stored => field is null || stored.Name == field));
    }

    /// <summary>The earlier values of fields.</summary>
    private List<FieldVersion> DecryptHistory(IEnumerable<StoredField> fields)
    {
        var versions = new List<FieldVersion>();
        foreach (var field in fields)
            foreach (var version in field.Earlier.IsDefault ? [] : field.Earlier)
            {
                var plaintext = _envelope!.Open(Binding.Field(_app, Name, field.Name), version.Envelope).Plaintext;
                versions.Add(new FieldVersion(
                    field.Name,
                    Encoding.UTF8.GetString(plaintext),
                    DateTimeOffset.FromUnixTimeMilliseconds(version.SetAt),
                    DateTimeOffset.FromUnixTimeMilliseconds(version.Until)));
                CryptographicOperations.ZeroMemory(plaintext);
            }
        _envelope!.Rest();
        return versions;
    }

    /// <summary>Whether a field has a value already.</summary>
    private bool Holds(in StoredField field, ReadOnlySpan<byte> value)
    {
        var plaintext = _envelope!.Open(Binding.Field(_app, Name, field.Name), field.Envelope).Plaintext;
        var holds = value.SequenceEqual(plaintext);
        CryptographicOperations.ZeroMemory(plaintext);
        return holds;
    }
}
