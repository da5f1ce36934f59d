using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace SecureUserData.Cli.Csv;

/// <summary>Says whose a row is.</summary>
internal interface IRowOwners
{
    /// <summary>The user, or why there is none.</summary>
    /// <param name="row">The row's number, from 0.</param>
    /// <param name="values">Its values.</param>
    ValueTask<RowOwner> FindAsync(long row, IReadOnlyList<string> values);
}

/// <summary>Whose a row is.</summary>
/// <param name="User">The user.</param>
/// <param name="Problem">Why there is none; null when there is one.</param>
internal readonly record struct RowOwner(UserId User, string? Problem = null);

/// <summary>One row to each user in turn.</summary>
/// <param name="users">The users, at least one, in the order of their creation.</param>
internal sealed class RoundRobin(IReadOnlyList<UserId> users) : IRowOwners
{
    public ValueTask<RowOwner> FindAsync(long row, IReadOnlyList<string> values) =>
        new(new RowOwner(users[(int)(row % users.Count)]));
}

/// <summary>The one user who has a column's value in a unique or indexed field. The look-ups are on record, so each
/// value is looked up once.</summary>
/// <param name="session">Signed in as the application.</param>
/// <param name="field">The field.</param>
/// <param name="column">The index of the column.</param>
internal sealed class UserByField(ISession session, string field, int column) : IRowOwners
{
    /// <summary>Answers kept at a time, some 100 bytes each: a file can have any number of values.</summary>
    private const int MaxKnown = 500_000;

    private readonly Dictionary<UInt128, RowOwner> _known = [];

    public async ValueTask<RowOwner> FindAsync(long row, IReadOnlyList<string> values)
    {
        var value = values[column].Trim(); // spaces tell nobody apart, and fields are trimmed when users are imported
        if (value.Length == 0) return new RowOwner(default, "it does not say whose it is");
        var key = BinaryPrimitives.ReadUInt128BigEndian(SHA256.HashData(Encoding.UTF8.GetBytes(value)));
        if (_known.TryGetValue(key, out var owner)) return owner;
        if (_known.Count == MaxKnown) _known.Clear();
        return _known[key] = await LookUpAsync(value);
    }

    private async Task<RowOwner> LookUpAsync(string value)
    {
        try
        {
            return (await session.FindUsersAsync(field, value, limit: 2)).Items switch
            {
                [var user] => new RowOwner(user),
                [] => new RowOwner(default, $"no user has its value of '{field}'"),
                _ => new RowOwner(default, $"several users have its value of '{field}'"),
            };
        }
        catch (SecureUserDataException e) when (e.Code == ErrorCode.Invalid)
        {
            return new RowOwner(default, e.Message);
        }
    }
}
