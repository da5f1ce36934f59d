using System.Collections.Immutable;
using System.Text.Json;
using System.Text.Json.Serialization;
using SecureUserData.Applications;
using SecureUserData.Consents;
using SecureUserData.Erasures;
using SecureUserData.Processing;
using SecureUserData.Retention;
using SecureUserData.Rotation;
using SecureUserData.Users;
using SecureUserData.Vault;
using SecureUserData.Vault.Items;

namespace SecureUserData.Entities;

/// <summary>The plaintext form of every state.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingDefault,
    Converters = [typeof(AppIdJson), typeof(UserIdJson), typeof(ScriptIdJson), typeof(OperatorIdJson),
        typeof(RecordIdJson), typeof(VaultIdJson), typeof(VaultUserIdJson), typeof(VaultGroupIdJson),
        typeof(VaultItemIdJson), typeof(ItemContentJson)])]
[JsonSerializable(typeof(InstallationState))]
[JsonSerializable(typeof(ApplicationState))]
[JsonSerializable(typeof(UserState))]
[JsonSerializable(typeof(ImmutableArray<StoredVersion>))]
[JsonSerializable(typeof(ScriptState))]
[JsonSerializable(typeof(ConsentState))]
[JsonSerializable(typeof(ErasureState))]
[JsonSerializable(typeof(RetentionState))]
[JsonSerializable(typeof(RotationState))]
[JsonSerializable(typeof(MasterRotationState))]
[JsonSerializable(typeof(VaultState))]
[JsonSerializable(typeof(VaultShelfState))]
[JsonSerializable(typeof(VaultItemState))]
internal sealed partial class StateJson : JsonSerializerContext;

internal abstract class IdJson<TId>(Func<string?, TId> parse) : JsonConverter<TId>
{
    public override TId Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        parse(reader.GetString());

    public override void Write(Utf8JsonWriter writer, TId value, JsonSerializerOptions options) =>
        writer.WriteStringValue(value!.ToString());

    public override TId ReadAsPropertyName(
        ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) => parse(reader.GetString());

    public override void WriteAsPropertyName(Utf8JsonWriter writer, TId value, JsonSerializerOptions options) =>
        writer.WritePropertyName(value!.ToString()!);
}

internal sealed class AppIdJson() : IdJson<AppId>(AppId.Parse);

internal sealed class UserIdJson() : IdJson<UserId>(UserId.Parse);

internal sealed class ScriptIdJson() : IdJson<ScriptId>(ScriptId.Parse);

internal sealed class OperatorIdJson() : IdJson<OperatorId>(OperatorId.Parse);

internal sealed class RecordIdJson() : IdJson<RecordId>(RecordId.Parse);

internal sealed class VaultIdJson() : IdJson<VaultId>(VaultId.Parse);

internal sealed class VaultUserIdJson() : IdJson<VaultUserId>(VaultUserId.Parse);

internal sealed class VaultGroupIdJson() : IdJson<VaultGroupId>(VaultGroupId.Parse);

internal sealed class VaultItemIdJson() : IdJson<VaultItemId>(VaultItemId.Parse);

/// <summary>An item's content is stored as the bytes that are signed.</summary>
internal sealed class ItemContentJson : JsonConverter<ItemContent>
{
    public override ItemContent Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        ItemContent.FromBytes(reader.GetBytesFromBase64());

    public override void Write(Utf8JsonWriter writer, ItemContent value, JsonSerializerOptions options) =>
        writer.WriteBase64StringValue(value.ToBytes());
}
