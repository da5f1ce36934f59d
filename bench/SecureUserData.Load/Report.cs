using System.Globalization;
using System.Text.Json;
using Spectre.Console;

namespace SecureUserData.Load;

/// <summary>Shows the results.</summary>
internal static class Report
{
    internal static void Print(IReadOnlyList<FlowResult> results)
    {
        var table = new Table();
        table.AddColumns(
            "flow", "per second", "p50 ms", "p99 ms", "CPU µs", "bytes",
            "limit per second", "limit CPU µs", "ratio", "limit");
        foreach (var result in results)
            table.AddRow(
                result.Flow,
                Text(result.PerSecond, "N0"),
                Text(result.P50Ms, "N2"),
                Text(result.P99Ms, "N2"),
                Text(result.CpuMicros, "N1"),
                Text(result.AllocatedBytes, "N0"),
                Text(result.LimitPerSecond, "N0"),
                Text(result.LimitCpuMicros, "N1"),
                Text(result.Ratio, "N2"),
                result.Limit ?? "–");
        AnsiConsole.Write(table);
        foreach (var result in results.Where(result => result.P99Ratio is not null))
            Console.WriteLine($"{result.Flow}: its p99 is {Text(result.P99Ratio, "N2")} times that without a sweep, "
                + $"which moved {Text(result.SweptPerSecond, "N0")} users a second");
    }

    internal static Task WriteJsonAsync(IReadOnlyList<FlowResult> results, string file) =>
        File.WriteAllTextAsync(file, JsonSerializer.Serialize(results, JsonSerializerOptions.Web));

    private static string Text(double? number, string format) =>
        number?.ToString(format, CultureInfo.InvariantCulture) ?? "–";
}
