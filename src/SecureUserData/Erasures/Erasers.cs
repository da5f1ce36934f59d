using SecureUserData.Consents;
using SecureUserData.Entities;
using SecureUserData.Ports;
using SecureUserData.Users;

namespace SecureUserData.Erasures;

/// <summary>How each store forgets a user. Whatever keeps something of a user has its eraser here, or is named among
/// what remains, with the reason; a test compares both with the stores that there are.</summary>
internal static class Erasers
{
    /// <summary>What consents are called in a certificate.</summary>
    internal const string Consents = "consents";

    private const int RecordsAtOnce = 1_000;

    /// <summary>In the order in which they run, after the user's key has been destroyed. Each can be run again.
    /// </summary>
    internal static IReadOnlyList<Eraser> InOrder { get; } =
    [
        new("unique keys", nameof(IPorts.UniqueKeys),
            scope => new(scope.User.UniqueKeys),
            async scope =>
            {
                await scope.Ports.UniqueKeys.ReleaseAllAsync(scope.Id.ToString());
                return true;
            }),
        new("records", nameof(IPorts.Records),
            scope => scope.Ports.Records.CountAsync(scope.Id),
            async scope => await scope.Ports.Records.DeleteAllAsync(scope.Id, RecordsAtOnce) < RecordsAtOnce),
        new(Consents, nameof(IPorts.Wakeups),
            scope => new(scope.User.Decided.Count),
            async scope =>
            {
                foreach (var script in scope.User.Decided)
                    await scope.Context.Internal<IConsentErasure>(new ConsentId(scope.Id, script)).EraseAsync();
                return true;
            }),
        new("earlier values of fields", nameof(IPorts.States), // they lie in the fields
            scope => new(scope.User.EarlierValues),
            _ => Task.FromResult(true)),
        new("fields", nameof(IPorts.States),
            scope => new(scope.User.Fields),
            async scope =>
            {
                await scope.Subject.RemoveFieldsAsync();
                return true;
            }),
    ];

    /// <summary>Stores without an eraser, and why.</summary>
    internal static IReadOnlyDictionary<string, string> Kept { get; } = new Dictionary<string, string>
    {
        [nameof(IPorts.Log)] = "pseudonymous: ids, times and names of what was read, never values",
        [nameof(IPorts.Slot)] = "the states found through States, of which tombstones stay",
        [nameof(IPorts.Erasures)] = "certificates, which hold ids and numbers: a restored backup is erased by them",
        [nameof(IPorts.PurgeAsync)] = "keeps nothing: it removes what the others left in files",
    };
}

/// <summary>How one store forgets a user.</summary>
/// <param name="What">What it keeps, for the certificate.</param>
/// <param name="Store">The port that it is kept behind.</param>
/// <param name="CountAsync">How much there is.</param>
/// <param name="EraseAsync">Erases a bounded part; true when nothing is left.</param>
internal sealed record Eraser(
    string What,
    string Store,
    Func<ErasureScope, ValueTask<long>> CountAsync,
    Func<ErasureScope, Task<bool>> EraseAsync);

/// <summary>What erasers work on.</summary>
/// <param name="Id">The user.</param>
/// <param name="User">What there is of the user.</param>
/// <param name="Context">The erasure's way to other entities.</param>
/// <param name="Ports">The engine's ports.</param>
internal sealed record ErasureScope(UserId Id, UserRemains User, IEntityContext Context, IPorts Ports)
{
    internal IUserErasure Subject => Context.Internal<IUserErasure>(Id);
}
