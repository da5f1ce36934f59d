using MongoDB.Driver;

namespace SecureUserData.Cluster.Mongo;

/// <summary>What MongoDB's errors mean to a caller. The driver's own messages quote keys and documents, so neither they
/// nor the exceptions that carry them go on.</summary>
internal static class MongoErrors
{
    private const int DuplicateKey = 11000; // of a command

    internal static async Task<T> RunAsync<T>(Func<Task<T>> call)
    {
        try
        {
            return await call();
        }
        catch (Exception e) when (IsOfDatabase(e))
        {
            throw Translate(e);
        }
    }

    internal static async Task RunAsync(Func<Task> call)
    {
        try
        {
            await call();
        }
        catch (Exception e) when (IsOfDatabase(e))
        {
            throw Translate(e);
        }
    }

    /// <summary>Whether the database, or the way to it, is at fault.</summary>
    internal static bool IsOfDatabase(Exception e) => e is MongoException or TimeoutException;

    /// <summary>Whether nothing but keys that are there already kept a write from being done.</summary>
    internal static bool IsDuplicate(Exception e) => e switch
    {
        MongoWriteException write => IsDuplicate(write.WriteError) && write.WriteConcernError is null,
        MongoBulkWriteException bulk => bulk.WriteErrors.All(IsDuplicate) && bulk.WriteConcernError is null,
        MongoCommandException command => command.Code == DuplicateKey,
        _ => false,
    };

    internal static bool IsDuplicate(WriteError? error) => error?.Category == ServerErrorCategory.DuplicateKey;

    internal static SecureUserDataException Translate(Exception e) => IsDuplicate(e)
        ? SecureUserDataException.Conflict("Something else was stored there first: try again.")
        : Unavailable();

    /// <summary>Whether a write was done is not known then.</summary>
    internal static SecureUserDataException Unavailable() => SecureUserDataException.Unavailable(
        "The database did not answer or did not do it: check that MongoDB can be reached, has a primary and room, and "
        + "try again.");
}
