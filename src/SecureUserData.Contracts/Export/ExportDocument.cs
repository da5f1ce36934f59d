using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace SecureUserData;

/// <summary>Writes everything about one user as one JSON document, specified in <c>docs/export.md</c>, page by page:
/// memory does not grow with what there is.</summary>
internal sealed class ExportDocument(ISession session, Stream to, IProgress<long>? progress)
{
    internal const string Format = "export/1";

    /// <summary>Bytes after which what is written goes to the stream.</summary>
    private const int FlushAt = 64 * 1024;

    // For people's eyes: a file is no web page, so that only what JSON itself demands is escaped.
    private static readonly JsonWriterOptions Options = new()
    {
        Indented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    private readonly UserId _id = UserId.Parse(session.Identity.Id);
    private readonly Utf8JsonWriter _writer = new(to, Options);
    private long _items;

    internal async Task WriteAsync(CancellationToken cancellation)
    {
        await using var writer = _writer;
        var user = session.Get(_id);
        var exported = await user.ExportProfileAsync();
        var application = await session.Get(exported.Profile.App).GetAsync();
        writer.WriteStartObject();
        Property("format", Format);
        Property("exportedAt", exported.At);
        Property("user", _id.ToString());
        Property("application", new ExportedApplication(application.Id.ToString(), application.Settings.Name));
        Property("profile", ExportedUser.Of(exported));
        writer.WriteStartObject("records");
        foreach (var collection in await user.ListCollectionsAsync())
        {
            writer.WriteStartArray(collection);
            await foreach (var record in Pages(cursor => user.ExportRecordsAsync(collection, cursor, Limits.PageItems)))
                await ItemAsync(Of(record), cancellation);
            writer.WriteEndArray();
        }
        writer.WriteEndObject();
        writer.WriteStartArray("consents");
        var overview = session.Get(new OverviewId(_id));
        await foreach (var consent in Pages(cursor => overview.ListConsentsAsync(cursor)))
            await ItemAsync(ExportedConsent.Of(consent), cancellation);
        writer.WriteEndArray();
        writer.WriteStartArray("accessLog");
        ExportedHead? head = null;
        while (await user.ExportLogAsync(head?.Sequence ?? 0, Limits.PageItems) is { Count: > 0 } rows)
        {
            foreach (var row in rows) await ItemAsync(ExportedEntry.Of(row), cancellation);
            head = new ExportedHead(rows[^1].Entry.Sequence, rows[^1].Mac);
        }
        writer.WriteEndArray();
        Property("logHead", head);
        writer.WriteEndObject();
        await writer.FlushAsync(cancellation);
    }

    private static async IAsyncEnumerable<T> Pages<T>(Func<string?, Task<Page<T>>> read)
    {
        string? cursor = null;
        do
        {
            var page = await read(cursor);
            foreach (var item in page.Items) yield return item;
            cursor = page.Next;
        }
        while (cursor is not null);
    }

    private void Property<T>(string name, T value)
    {
        _writer.WritePropertyName(name);
        Value(value);
    }

    private void Value<T>(T value) => JsonSerializer.Serialize(_writer, value, typeof(T), ExportJson.Default);

    private async Task ItemAsync<T>(T item, CancellationToken cancellation)
    {
        Value(item);
        if (_writer.BytesPending >= FlushAt) await _writer.FlushAsync(cancellation);
        progress?.Report(++_items);
    }

    /// <summary>Text and JSON as text, everything else in base64. JSON is not embedded: it would nest deeper than
    /// many readers go.</summary>
    private static ExportedRecord Of(Record record)
    {
        var (info, content) = record;
        var text = content.TryAsText();
        return new ExportedRecord(
            info.Id.ToString(),
            info.ContentType,
            info.Bytes,
            info.StoredAt,
            text,
            text is null ? Convert.ToBase64String(content.Data.Span) : null);
    }
}

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, UseStringEnumConverter = true,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(string))]
[JsonSerializable(typeof(DateTimeOffset))]
[JsonSerializable(typeof(ExportedApplication))]
[JsonSerializable(typeof(ExportedUser))]
[JsonSerializable(typeof(ExportedRecord))]
[JsonSerializable(typeof(ExportedConsent))]
[JsonSerializable(typeof(ExportedEntry))]
[JsonSerializable(typeof(ExportedHead))]
[JsonSerializable(typeof(ExportedSummary))]
internal sealed partial class ExportJson : JsonSerializerContext;
