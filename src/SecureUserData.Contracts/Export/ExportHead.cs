using System.Buffers.Text;
using System.Text.Json;

namespace SecureUserData;

/// <summary>What an export knows of the access log: the newest entry of the user's chain when it was made. Whoever has
/// the export can have it shown that the entry, and with it all before it, is still there. An export is not signed: it
/// is evidence for whoever kept it.</summary>
/// <param name="At">When the export was made.</param>
/// <param name="Log">The newest entry.</param>
public sealed record ExportHead(DateTimeOffset At, LogHead Log)
{
    /// <summary>Reads it from an export; memory does not grow with what else is in it.</summary>
    /// <exception cref="SecureUserDataException"><see cref="ErrorCode.Invalid"/> when it is no export.</exception>
    public static async Task<ExportHead> ReadAsync(Stream export, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(export);
        try
        {
            var read = await JsonSerializer.DeserializeAsync(export, ExportJson.Default.ExportedSummary, cancellation);
            if (read is { Format: ExportDocument.Format, LogHead: { Mac: not null } head }
                && UserId.TryParse(read.User, out var user))
                return new ExportHead(
                    read.ExportedAt, new LogHead(user.ToString(), head.Sequence, Base64Url.EncodeToString(head.Mac)));
        }
        catch (JsonException)
        {
            // refused below, like any other document
        }
        throw SecureUserDataException.Invalid(
            "That is not an export that names the newest entry of the log: name the file as it was written.");
    }
}

/// <summary>The parts of an export that are of use here.</summary>
internal sealed record ExportedSummary(string? Format, DateTimeOffset ExportedAt, string? User, ExportedHead? LogHead);
