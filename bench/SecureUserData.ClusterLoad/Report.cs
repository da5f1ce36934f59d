using System.Globalization;
using System.Text.Json;
using Spectre.Console;

namespace SecureUserData.ClusterLoad;

/// <summary>Shows the results: medians over the rounds, and of the ratios of each round to the limit's.</summary>
internal static class Report
{
    internal static FlowResult Medians(
        string name, IReadOnlyList<Round> rounds, IReadOnlyList<Round>? limit = null) => new(
        name,
        Median(rounds.Select(round => round.PerSecond))!.Value,
        Median(rounds.Select(round => round.Percentile(0.50))),
        Median(rounds.Select(round => round.Percentile(0.99))),
        Median(rounds.Select(round => round.SiloMicros))!.Value,
        Median(rounds.Select(round => round.ClientMicros))!.Value,
        Median(rounds.Select(round => round.ServerMicros)),
        Median(rounds.Select(round => round.RowsPerBatch)),
        limit is null ? null : Median(rounds.Zip(limit, (round, bare) => round.PerSecond / bare.PerSecond)),
        rounds.Min(round => round.PerSecond),
        rounds.Max(round => round.PerSecond));

    internal static void Print(IReadOnlyList<FlowResult> results)
    {
        var table = new Table();
        table.AddColumns(
            "flow", "per second", "from", "to", "p50 ms", "p99 ms", "silo CPU µs", "client CPU µs", "server CPU µs",
            "rows per batch", "ratio");
        foreach (var result in results)
            table.AddRow(
                result.Flow,
                Text(result.PerSecond, "N0"),
                Text(result.Least, "N0"),
                Text(result.Most, "N0"),
                Text(result.P50Ms, "N2"),
                Text(result.P99Ms, "N2"),
                Text(result.SiloCpuMicros, "N1"),
                Text(result.ClientCpuMicros, "N1"),
                Text(result.ServerCpuMicros, "N1"),
                Text(result.RowsPerBatch, "N1"),
                Text(result.Ratio, "N2"));
        AnsiConsole.Profile.Width = 160;
        AnsiConsole.Write(table);
    }

    internal static Task WriteJsonAsync(IReadOnlyList<FlowResult> results, string file) =>
        File.WriteAllTextAsync(file, JsonSerializer.Serialize(results, JsonSerializerOptions.Web));

    private static double? Median(IEnumerable<double> values) => Median(values.Select(value => (double?)value));

    private static double? Median(IEnumerable<double?> values) =>
        values.Order().ToList() is { Count: > 0 } sorted ? sorted[sorted.Count / 2] : null;

    private static string Text(double? number, string format) =>
        number?.ToString(format, CultureInfo.InvariantCulture) ?? "–";
}

/// <summary>One line of the table.</summary>
/// <param name="Flow">What was done.</param>
/// <param name="PerSecond">Operations a second.</param>
/// <param name="P50Ms">Half of them took at most this many milliseconds.</param>
/// <param name="P99Ms">Ninety-nine in a hundred took at most this many milliseconds.</param>
/// <param name="SiloCpuMicros">Processor time of the silos for an operation, in microseconds.</param>
/// <param name="ClientCpuMicros">The same of the client.</param>
/// <param name="ServerCpuMicros">The same of the database; null where it is not known.</param>
/// <param name="RowsPerBatch">Rows of the log that shared a commit.</param>
/// <param name="Ratio">Its rate over that of <c>bare</c>, or of the sweep with one silo.</param>
/// <param name="Least">Operations a second in the slowest round.</param>
/// <param name="Most">Operations a second in the fastest round.</param>
internal sealed record FlowResult(
    string Flow,
    double PerSecond,
    double? P50Ms,
    double? P99Ms,
    double SiloCpuMicros,
    double ClientCpuMicros,
    double? ServerCpuMicros,
    double? RowsPerBatch,
    double? Ratio,
    double Least,
    double Most);
