using System.Globalization;
using SecureUserData.Cli.Keys;
using SecureUserData.Embedded;

namespace SecureUserData.Cli;

/// <summary>Where anchors of the access log go, and how often one is written by whatever command opens the data
/// folder.</summary>
internal static class AnchorSettings
{
    internal const string FolderVariable = "SUD_ANCHOR_FOLDER";
    internal const string PeriodVariable = "SUD_ANCHOR_EVERY";

    private const int MaxNumber = 100_000;

    /// <summary>What the environment says; null when it says nothing.</summary>
    internal static AnchorSchedule? Find(Surroundings around, string data)
    {
        var period = around.Variable(PeriodVariable) is { Length: > 0 } text ? Period(text) : TimeSpan.FromDays(1);
        return Folder(around, data) is { } folder ? new AnchorSchedule(folder, period) : null;
    }

    /// <summary>The folder that the environment names.</summary>
    internal static string? Folder(Surroundings around, string data) =>
        around.Variable(FolderVariable) is { Length: > 0 } named ? Elsewhere(around.FullPath(named), data) : null;

    /// <summary>Whoever sets the data folder back must not set the anchors back with it.</summary>
    internal static string Elsewhere(string folder, string data) => !RealPath.IsInside(folder, data)
        ? folder
        : throw new UsageException(
            $"The folder {folder} for anchors lies inside the data folder: keep them where nobody who can write to "
            + "the data can write.");

    private static TimeSpan Period(string text) =>
        int.TryParse(text.AsSpan(0, text.Length - 1), NumberStyles.None, CultureInfo.InvariantCulture, out var number)
        && number is >= 1 and <= MaxNumber
        && Unit(text[^1]) is { } unit
            ? number * unit
            : throw new UsageException($"{PeriodVariable} is a number of days, hours or minutes: 1d, 12h or 30m.");

    private static TimeSpan? Unit(char unit) => unit switch
    {
        'd' => TimeSpan.FromDays(1),
        'h' => TimeSpan.FromHours(1),
        'm' => TimeSpan.FromMinutes(1),
        _ => null,
    };
}
