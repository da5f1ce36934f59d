using System.Text.Json;
using System.Text.Json.Serialization;
using SecureUserData.Entities;

namespace SecureUserData.Users;

/// <summary>Reads and writes fields by hand, because most of what activating a user takes is reading them: the usual
/// way through a constructor with parameters takes twice as long.</summary>
internal sealed class StoredFieldJson : JsonConverter<StoredField>
{
    private static readonly FieldNameJson Names = new();

    public override StoredField Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        if (reader.TokenType != JsonTokenType.StartObject) throw new JsonException();
        var field = new StoredField("", [], null, false);
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
            if (Is(ref reader, "name"u8)) field = field with { Name = Names.Read(ref reader, typeof(string), options) };
            else if (Is(ref reader, "envelope"u8)) field = field with { Envelope = reader.GetBytesFromBase64() };
            else if (Is(ref reader, "indexTag"u8)) field = field with { IndexTag = reader.GetString() };
            else if (Is(ref reader, "isUnique"u8)) field = field with { IsUnique = reader.GetBoolean() };
            else if (Is(ref reader, "olderIndexTag"u8)) field = field with { OlderIndexTag = reader.GetString() };
            else if (Is(ref reader, "setAt"u8)) field = field with { SetAt = reader.GetInt64() };
            else if (Is(ref reader, "earlier"u8))
                field = field with
                {
                    Earlier = JsonSerializer.Deserialize(ref reader, StateJson.Default.ImmutableArrayStoredVersion),
                };
            else reader.Skip();
        return field;
    }

    public override void Write(Utf8JsonWriter writer, StoredField value, JsonSerializerOptions options)
    {
        writer.WriteStartObject();
        writer.WriteString("name"u8, value.Name);
        writer.WriteBase64String("envelope"u8, value.Envelope);
        if (value.IndexTag is not null) writer.WriteString("indexTag"u8, value.IndexTag);
        if (value.IsUnique) writer.WriteBoolean("isUnique"u8, true);
        if (value.OlderIndexTag is not null) writer.WriteString("olderIndexTag"u8, value.OlderIndexTag);
        if (value.SetAt != 0) writer.WriteNumber("setAt"u8, value.SetAt);
        if (!value.Earlier.IsDefault)
        {
            writer.WritePropertyName("earlier"u8);
            JsonSerializer.Serialize(writer, value.Earlier, StateJson.Default.ImmutableArrayStoredVersion);
        }
        writer.WriteEndObject();
    }

    /// <summary>Whether this is the property of a name; then the reader goes on to its value.</summary>
    private static bool Is(ref Utf8JsonReader reader, ReadOnlySpan<byte> name) =>
        reader.ValueTextEquals(name) && reader.Read();
}
