using MongoDB.Bson.IO;
using MongoDB.Bson.Serialization;
using MongoDB.Bson.Serialization.Attributes;
using MongoDB.Bson.Serialization.Serializers;
using SecureUserData.Ports;

namespace SecureUserData.Cluster.Mongo;

/// <summary>A row on its way into the log.</summary>
/// <param name="row">The row.</param>
[BsonSerializer(typeof(LogAppendSerializer))]
internal sealed class LogAppend(LogRow row)
{
    private const int Overhead = 256; // bytes of a document beside its body

    private readonly TaskCompletionSource _told = new(TaskCreationOptions.RunContinuationsAsynchronously);

    internal LogRow Row => row;

    /// <summary>The number of its writer, once it has its place.</summary>
    internal long Writer { get; private set; }

    /// <summary>Its position with the writer.</summary>
    internal long Position { get; private set; }

    internal int Bytes => row.Body.Length + Overhead;

    internal Task Task => _told.Task;

    /// <summary>Gives it its place, before it is stored.</summary>
    internal void Place(long writer, long position) => (Writer, Position) = (writer, position);

    internal void Stored() => _told.TrySetResult();

    /// <summary>Tells that it was not stored, or that nobody knows; nothing where it was told that it was.</summary>
    internal void Failed(Exception why) => _told.TrySetException(why);

    internal void Conflicts() =>
        Failed(SecureUserDataException.Conflict("The access log has gone on elsewhere: try again."));
}

/// <summary>Writes a row as the document of <see cref="LogDocuments"/>, without one of the driver's in between: every
/// access in the cluster comes by here.</summary>
internal sealed class LogAppendSerializer : SerializerBase<LogAppend>
{
    public override void Serialize(BsonSerializationContext context, BsonSerializationArgs args, LogAppend value)
    {
        var writer = context.Writer;
        writer.WriteStartDocument();
        writer.WriteString(Documents.Id, LogDocuments.Id(value.Row.Chain, value.Row.Sequence));
        writer.WriteInt64(LogDocuments.Writer, value.Writer);
        writer.WriteInt64(LogDocuments.Position, value.Position);
        writer.WriteBytes(LogDocuments.Body, value.Row.Body);
        writer.WriteBytes(LogDocuments.Mac, value.Row.Mac);
        writer.WriteEndDocument();
    }
}
