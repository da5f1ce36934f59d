using System.Diagnostics.Metrics;

namespace SecureUserData.Cluster.Telemetry;

/// <summary>What the log of this process counts.</summary>
internal static class LogMetrics
{
    private static readonly Meter Meter = new(SiloMetrics.MeterName);

    /// <summary>Its count is that of the commits, its sum that of the rows.</summary>
    private static readonly Histogram<long> Commits = Meter.CreateHistogram<long>(
        "sud.log.commit.rows", "{row}", "Rows of the access log that were stored by one commit.");

    internal static void Committed(int rows) => Commits.Record(rows);
}
