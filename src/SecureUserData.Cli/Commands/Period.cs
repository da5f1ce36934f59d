using System.Globalization;
using SecureUserData.Cli.Console;

namespace SecureUserData.Cli.Commands;

/// <summary>Periods of whole days, as in <c>90d</c>.</summary>
internal static class Period
{
    private const string None = "none";

    /// <summary>Reads one; null for none.</summary>
    /// <exception cref="UsageException">It is no period.</exception>
    internal static TimeSpan? Parse(string text)
    {
        if (text == None) return null;
        return text.EndsWith('d')
            && int.TryParse(text[..^1], NumberStyles.None, CultureInfo.InvariantCulture, out var days)
            && days is >= 1 and <= Limits.RetentionDays
            ? TimeSpan.FromDays(days)
            : throw new UsageException($"A period is written in days, 1d to {Limits.RetentionDays}d, or '{None}'.");
    }

    internal static string Text(TimeSpan period) => period.Days == 1 ? "1 day" : $"{Output.Number(period.Days)} days";
}
