using System.Text.Json;
using System.Text.Json.Serialization;

namespace SecureUserData.Users;

/// <summary>Reads the names of fields so that users in memory share them: an application's users have the same few.
/// </summary>
internal sealed class FieldNameJson : JsonConverter<string>
{
    /// <summary>A name that comes to the place of another one takes it: however many names there are, no more than
    /// this are kept.</summary>
    private const int Places = 1_024;

    private static readonly string?[] Known = new string?[Places];

    public override string Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        var hash = new HashCode();
        hash.AddBytes(reader.ValueSpan); // states are read from one piece of memory
        ref var known = ref Known[hash.ToHashCode() & (Places - 1)];
        if (known is { } name && reader.ValueTextEquals(name)) return name;
        return known = reader.GetString()!;
    }

    public override void Write(Utf8JsonWriter writer, string value, JsonSerializerOptions options) =>
        writer.WriteStringValue(value);
}
