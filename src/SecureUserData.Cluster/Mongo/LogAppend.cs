using MongoDB.Bson;
using SecureUserData.Ports;

namespace SecureUserData.Cluster.Mongo;

/// <summary>A row on its way into the log.</summary>
/// <param name="row">The row.</param>
internal sealed class LogAppend(LogRow row)
{
    private const int Overhead = 256; // bytes of a document beside its body

    private readonly TaskCompletionSource _told = new(TaskCreationOptions.RunContinuationsAsynchronously);

    internal LogRow Row => row;

    internal BsonDocument Document { get; } = LogDocuments.Write(row);

    internal int Bytes => row.Body.Length + Overhead;

    internal Task Task => _told.Task;

    /// <summary>Gives it its place, before it is stored.</summary>
    internal void Place(long writer, long position)
    {
        Document[LogDocuments.Writer] = writer;
        Document[LogDocuments.Position] = position;
    }

    internal void Stored() => _told.TrySetResult();

    /// <summary>Tells that it was not stored, or that nobody knows; nothing where it was told that it was.</summary>
    internal void Failed(Exception why) => _told.TrySetException(why);

    internal void Conflicts() =>
        Failed(SecureUserDataException.Conflict("The access log has gone on elsewhere: try again."));
}
