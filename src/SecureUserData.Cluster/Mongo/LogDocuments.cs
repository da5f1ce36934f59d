using System.Globalization;
using MongoDB.Bson;
using SecureUserData.Ports;

namespace SecureUserData.Cluster.Mongo;

/// <summary>The access log as documents:
/// <c>log { _id: chain/sequence, w: writer, p: position, body, mac }</c>,
/// <c>log_batches { _id: writer/number, first, last, digest, mac }</c> and
/// <c>log_writers { _id: number, start }</c>. Numbers within ids have 19 digits, so that their order is that of their
/// bytes, and chains come first: the log can be sharded by a range of ids, and the id alone is the fence.</summary>
internal static class LogDocuments
{
    internal const string Writer = "w";
    internal const string Position = "p";
    internal const string Body = "body";
    internal const string Mac = "mac";

    private const string First = "first";
    private const string Last = "last";
    private const string Digest = "digest";
    private const string Start = "start";
    private const int Digits = 19;
    private const string AfterDigits = ":";

    internal static string Id(string prefix, long number) =>
        $"{prefix}/{number.ToString($"D{Digits}", CultureInfo.InvariantCulture)}";

    internal static string BatchId(long writer, long number) =>
        Id(writer.ToString($"D{Digits}", CultureInfo.InvariantCulture), number);

    /// <summary>Ids of a chain from a number on. No chain is the beginning of another one's up to a digit.</summary>
    internal static BsonDocument From(string chain, long sequence) => new(
        Documents.Id,
        new BsonDocument { { "$gte", Id(chain, Math.Max(sequence, 0)) }, { "$lt", $"{chain}/{AfterDigits}" } });

    /// <summary>Ids of a writer's batches after a number.</summary>
    internal static BsonDocument BatchesAfter(long writer, long number) => Documents.Between(
        BatchId(writer, Math.Max(number, 0)), BatchId(writer, 0)[..(Digits + 1)] + AfterDigits);

    internal static BsonDocument Write(LogRow row, long writer, long position)
    {
        var append = new LogAppend(row);
        append.Place(writer, position);
        return append.ToBsonDocument();
    }

    internal static BsonDocument Write(LogWriter writer, LogBatch batch) => new()
    {
        { Documents.Id, BatchId(writer.Number, batch.Number) },
        { First, batch.First },
        { Last, batch.Last },
        { Digest, new BsonBinaryData(batch.Digest) },
        { Mac, new BsonBinaryData(batch.Mac) },
    };

    internal static BsonDocument Write(LogWriter writer) =>
        new() { { Documents.Id, writer.Number }, { Start, new BsonBinaryData(writer.Start) } };

    internal static LogRow ReadRow(BsonDocument row)
    {
        var (chain, sequence) = Split(row);
        return new LogRow(chain, sequence, row.Bytes(Body), row.Bytes(Mac));
    }

    internal static LogBatch ReadBatch(BsonDocument batch) => new(
        batch.Number(First), batch.Number(Last), Split(batch).Number, batch.Bytes(Digest), batch.Bytes(Mac));

    internal static LogWriter ReadWriter(BsonDocument writer) => new(writer.Number(Documents.Id), writer.Bytes(Start));

    private static (string Prefix, long Number) Split(BsonDocument document)
    {
        var id = document.Text(Documents.Id);
        return id.Length > Digits && id[^(Digits + 1)] == '/'
            && long.TryParse(id[^Digits..], NumberStyles.None, CultureInfo.InvariantCulture, out var number)
            ? (id[..^(Digits + 1)], number)
            : throw SecureUserDataException.Tampered("the id of a row of the access log");
    }
}
