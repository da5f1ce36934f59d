using System.Text.Json;
using System.Text.Json.Serialization;

namespace SecureUserData.Cli.Console;

/// <summary>What <c>--json</c> prints: camelCase, ids and enumerations as text. Control, format and non-ASCII
/// characters are escaped, so that it may go to a terminal.</summary>
internal static class Json
{
    internal static readonly JsonSerializerOptions Options = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
        WriteIndented = true,
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.CamelCase), new IdConverterFactory() },
    };

    /// <summary>The same on one line, for a line of JSON for each of many.</summary>
    internal static readonly JsonSerializerOptions Lines = new(Options) { WriteIndented = false };

    private sealed class IdConverterFactory : JsonConverterFactory
    {
        public override bool CanConvert(Type typeToConvert) =>
            typeof(IEntityId).IsAssignableFrom(typeToConvert)
            || typeToConvert == typeof(RecordId) || typeToConvert == typeof(OperatorId);

        public override JsonConverter CreateConverter(Type typeToConvert, JsonSerializerOptions options) =>
            (JsonConverter)Activator.CreateInstance(typeof(IdConverter<>).MakeGenericType(typeToConvert))!;
    }

    private sealed class IdConverter<TId> : JsonConverter<TId>
    {
        public override TId Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
            throw new NotSupportedException();

        public override void Write(Utf8JsonWriter writer, TId value, JsonSerializerOptions options) =>
            writer.WriteStringValue(value!.ToString());
    }
}
