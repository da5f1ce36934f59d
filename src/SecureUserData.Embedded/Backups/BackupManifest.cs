using System.Text.Json;
using System.Text.Json.Serialization;

namespace SecureUserData.Embedded.Backups;

/// <summary>What a backup says about itself, in the file <c>manifest.json</c>: what is needed to restore it, and how
/// damage is found. It holds no data and no keys.</summary>
/// <param name="Format">The format: <see cref="CurrentFormat"/>.</param>
/// <param name="CreatedAt">When the copy was begun: it has in it all that was acknowledged before.</param>
/// <param name="SchemaVersion">The version of the database's schema.</param>
/// <param name="MasterKeyVersions">The versions of the master key that a ring must have to open it.</param>
/// <param name="ApplicationKeyVersions">The versions of each application's key that are in it, by the application's
/// id.</param>
/// <param name="Counts">What is in it.</param>
/// <param name="ErasuresListed">Certificates in the erasure list that lies beside it.</param>
/// <param name="DatabaseBytes">The length of the database file.</param>
/// <param name="DatabaseSha256">SHA-256 of the database file, in lower-case hexadecimal.</param>
public sealed record BackupManifest(
    string Format,
    DateTimeOffset CreatedAt,
    int SchemaVersion,
    IReadOnlyList<int> MasterKeyVersions,
    IReadOnlyDictionary<string, IReadOnlyList<int>> ApplicationKeyVersions,
    StoredCounts Counts,
    long ErasuresListed,
    long DatabaseBytes,
    string DatabaseSha256)
{
    /// <summary>The format that this version writes.</summary>
    public const string CurrentFormat = "sud-backup/1";

    /// <summary>When erased users were last removed from it; null for never.</summary>
    public DateTimeOffset? PurgedAt { get; init; }

    /// <summary>Whether a purge has begun and not ended: the database file is not what the digest says then.</summary>
    public bool IsPurging { get; init; }

    internal byte[] ToJson() => JsonSerializer.SerializeToUtf8Bytes(this, BackupJson.Default.BackupManifest);

    /// <summary>Null when it is no manifest.</summary>
    internal static BackupManifest? Parse(byte[] json)
    {
        try
        {
            return JsonSerializer.Deserialize(json, BackupJson.Default.BackupManifest);
        }
        catch (JsonException)
        {
            return null;
        }
    }
}

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    WriteIndented = true,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    RespectRequiredConstructorParameters = true,
    RespectNullableAnnotations = true)]
[JsonSerializable(typeof(BackupManifest))]
internal sealed partial class BackupJson : JsonSerializerContext;
