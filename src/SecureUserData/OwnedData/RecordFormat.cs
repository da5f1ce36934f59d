using System.Buffers.Binary;
using System.Text;
using System.Text.Json;

namespace SecureUserData.OwnedData;

/// <summary>The plaintext of a record's envelope: <c>{ storedAt(8) || length(1) || contentType || data }</c>, storedAt
/// in milliseconds since 1970-01-01 UTC, big-endian.</summary>
internal static class RecordFormat
{
    private const int TimeLength = 8;

    internal static void Check(RecordContent? content)
    {
        if (content is null) throw SecureUserDataException.Invalid("The record has no content.");
        if (content.Data.Length > Limits.RecordBytes)
            throw SecureUserDataException.Invalid($"A record holds at most {Limits.RecordBytes} bytes: split it.");
        CheckContentType(content.ContentType);
        var type = content.ContentType.Split(';')[0].TrimEnd(); // in any case: RFC 9110 §8.3.1
        if (type.StartsWith("text/", StringComparison.OrdinalIgnoreCase) && !IsUtf8(content.Data.Span))
            throw SecureUserDataException.Invalid(
                "The record is called text and is not UTF-8: name its real content type.");
        if (type.Equals("application/json", StringComparison.OrdinalIgnoreCase) && !IsJson(content.Data.Span))
            throw SecureUserDataException.Invalid(
                "The record is called JSON and is not: correct it, or name its real type.");
    }

    /// <summary>Checks records that are to be added in one step.</summary>
    internal static void Check(IReadOnlyList<NewRecord> batch)
    {
        if (batch.Count is 0 or > Limits.PageItems)
            throw SecureUserDataException.Invalid($"A step adds 1 to {Limits.PageItems} records: pass so many.");
        var ids = new HashSet<RecordId>();
        var bytes = 0L;
        foreach (var record in batch)
        {
            Check(record?.Content);
            if (!ids.Add(record!.Id))
                throw SecureUserDataException.Invalid("Two of the records have the same id: give each its own.");
            bytes += record.Content.Data.Length;
        }
        if (bytes > Limits.PageBytes)
            throw SecureUserDataException.Invalid(
                $"The records hold more than {Limits.PageBytes} bytes together: add fewer in one step.");
    }

    internal static byte[] Write(RecordContent content, DateTimeOffset now)
    {
        var plaintext = new byte[TimeLength + 1 + content.ContentType.Length + content.Data.Length];
        BinaryPrimitives.WriteInt64BigEndian(plaintext, now.ToUnixTimeMilliseconds());
        plaintext[TimeLength] = (byte)content.ContentType.Length; // at most 127 ASCII characters
        Encoding.ASCII.GetBytes(content.ContentType, plaintext.AsSpan(TimeLength + 1));
        content.Data.Span.CopyTo(plaintext.AsSpan(TimeLength + 1 + content.ContentType.Length));
        return plaintext;
    }

    internal static Record Read(string collection, RecordId id, byte[] plaintext)
    {
        var storedAt = DateTimeOffset.FromUnixTimeMilliseconds(StoredAt(plaintext));
        var length = plaintext[TimeLength];
        var contentType = Encoding.ASCII.GetString(plaintext, TimeLength + 1, length);
        var data = plaintext.AsMemory(TimeLength + 1 + length);
        return new Record(
            new RecordInfo(collection, id, contentType, data.Length, storedAt), new RecordContent(contentType, data));
    }

    /// <summary>When the record was last put, in milliseconds.</summary>
    internal static long StoredAt(ReadOnlySpan<byte> plaintext) => BinaryPrimitives.ReadInt64BigEndian(plaintext);

    /// <summary>A media type as in RFC 9110 §8.3.1: <c>type/subtype</c>, perhaps with parameters, in ASCII.</summary>
    private static void CheckContentType(string? type)
    {
        var slash = type?.IndexOf('/') ?? -1;
        if (slash < 1 || slash == type!.Length - 1 || type.Length > Limits.ContentTypeLength
            || type.Any(c => c is < ' ' or > '~') || type.StartsWith(' ') || type.EndsWith(' '))
            throw SecureUserDataException.Invalid(
                $"The content type is not one: write type/subtype, such as text/plain, in at most "
                + $"{Limits.ContentTypeLength} ASCII characters.");
    }

    private static bool IsUtf8(ReadOnlySpan<byte> data) => System.Text.Unicode.Utf8.IsValid(data);

    private static bool IsJson(ReadOnlySpan<byte> data)
    {
        if (!IsUtf8(data)) return false; // RFC 8259 §8.1; the reader does not look into strings
        try
        {
            var reader = new Utf8JsonReader(data);
            while (reader.Read())
            {
            }
            return true;
        }
        catch (JsonException)
        {
            return false;
        }
    }
}
