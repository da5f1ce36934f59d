using SecureUserData.Vault;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace SecureUserData.Client.Wire;

/// <summary>How the types of the contracts look on the wire: as JSON, ids as their texts.</summary>
internal static class WireJson
{
    internal static readonly JsonSerializerOptions Options = new()
    {
        Converters =
        {
            new TextJson<AppId>(AppId.Parse),
            new TextJson<UserId>(UserId.Parse),
            new TextJson<ScriptId>(ScriptId.Parse),
            new TextJson<OperatorId>(OperatorId.Parse),
            new TextJson<RecordId>(RecordId.Parse),
            new TextJson<VaultId>(VaultId.Parse),
            new TextJson<VaultUserId>(VaultUserId.Parse),
            new TextJson<VaultGroupId>(VaultGroupId.Parse),
            new TextJson<VaultItemId>(VaultItemId.Parse),
            new CredentialJson(),
        },
    };

    private sealed class TextJson<T>(Func<string?, T> parse) : JsonConverter<T>
    {
        public override T Read(ref Utf8JsonReader reader, Type type, JsonSerializerOptions options) =>
            parse(reader.GetString());

        public override void Write(Utf8JsonWriter writer, T value, JsonSerializerOptions options) =>
            writer.WriteStringValue(value!.ToString());

        public override T ReadAsPropertyName(ref Utf8JsonReader reader, Type type, JsonSerializerOptions options) =>
            parse(reader.GetString());

        public override void WriteAsPropertyName(Utf8JsonWriter writer, T value, JsonSerializerOptions options) =>
            writer.WritePropertyName(value!.ToString()!);
    }

    private sealed class CredentialJson : JsonConverter<Credential>
    {
        public override Credential Read(ref Utf8JsonReader reader, Type type, JsonSerializerOptions options) =>
            new(reader.GetString()!);

        public override void Write(Utf8JsonWriter writer, Credential value, JsonSerializerOptions options) =>
            writer.WriteStringValue(value.Reveal());
    }
}
