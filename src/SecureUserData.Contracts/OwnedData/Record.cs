using System.Text;

namespace SecureUserData;

/// <summary>What a record holds.</summary>
/// <param name="ContentType">Its media type, such as <c>text/plain</c>, <c>application/json</c> or <c>image/png</c>;
/// text is UTF-8, and JSON is checked.</param>
/// <param name="Data">The bytes, at most <see cref="Limits.RecordBytes"/>.</param>
public sealed record RecordContent(string ContentType, ReadOnlyMemory<byte> Data)
{
    /// <summary>Plain text.</summary>
    public static RecordContent Text(string text) => new("text/plain", Encoding.UTF8.GetBytes(text));

    /// <summary>A JSON document.</summary>
    public static RecordContent Json(string json) => new("application/json", Encoding.UTF8.GetBytes(json));

    private static readonly UTF8Encoding Strict = new(false, throwOnInvalidBytes: true);

    /// <summary>The content as text, if it is said to be text or JSON and is UTF-8; otherwise null.</summary>
    public string? TryAsText()
    {
        if (!ContentType.StartsWith("text/", StringComparison.OrdinalIgnoreCase)
            && !ContentType.StartsWith("application/json", StringComparison.OrdinalIgnoreCase))
            return null;
        try
        {
            return Strict.GetString(Data.Span);
        }
        catch (DecoderFallbackException)
        {
            return null;
        }
    }

    /// <summary>The bytes read as UTF-8.</summary>
    public string AsText() => Encoding.UTF8.GetString(Data.Span);
}

/// <summary>A record to be added under an id that the caller chose.</summary>
/// <param name="Id">Its id, the same whenever the same record is added again.</param>
/// <param name="Content">What it holds.</param>
public sealed record NewRecord(RecordId Id, RecordContent Content);

/// <summary>One record with its content.</summary>
/// <param name="Info">What it is.</param>
/// <param name="Content">What it holds.</param>
public sealed record Record(RecordInfo Info, RecordContent Content);

/// <summary>One record without its content.</summary>
/// <param name="Collection">The collection it is in.</param>
/// <param name="Id">Its id.</param>
/// <param name="ContentType">Its media type.</param>
/// <param name="Bytes">The size of its content in bytes.</param>
/// <param name="StoredAt">When it was last put.</param>
public sealed record RecordInfo(string Collection, RecordId Id, string ContentType, int Bytes, DateTimeOffset StoredAt);
