using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using System.Reflection;
using SecureUserData.Entities;

namespace SecureUserData.Cluster.Telemetry;

/// <summary>What a silo counts, under the meter <c>SecureUserData</c>. No id and no value is ever a tag: metrics are
/// kept for long, and read by many.</summary>
internal sealed class SiloMetrics : IDisposable
{
    internal const string MeterName = "SecureUserData";

    private readonly ConcurrentDictionary<MethodInfo, string> _names = new();
    private readonly Meter _meter = new(MeterName);
    private readonly Histogram<double> _calls;
    private readonly Counter<long> _refusals;

    internal SiloMetrics(DomainServices services)
    {
        _calls = _meter.CreateHistogram<double>(
            "sud.call.duration", "s", "Calls that this silo has carried out, by method.");
        _refusals = _meter.CreateCounter<long>(
            "sud.refusals", "{call}", "Calls that ended with an error, by method and code.");
        _meter.CreateObservableGauge(
            "sud.keys.cached", () => services.Keyring.Count, "{application}", "Applications whose keys are in memory.");
    }

    /// <summary>A call has ended.</summary>
    /// <param name="method">What was called.</param>
    /// <param name="began">When, as a timestamp of the system's clock.</param>
    internal void Ended(MethodInfo method, long began)
    {
        if (!_calls.Enabled) return; // nobody collects
        _calls.Record(
            TimeProvider.System.GetElapsedTime(began).TotalSeconds,
            new KeyValuePair<string, object?>("method", NameOf(method)));
    }

    /// <summary>A call was refused, or failed.</summary>
    internal void Refused(MethodInfo method, ErrorCode code) => _refusals.Add(
        1,
        new KeyValuePair<string, object?>("method", NameOf(method)),
        new KeyValuePair<string, object?>("code", code.ToString()));

    /// <summary>Clients cannot make up methods, so there are not many names.</summary>
    private string NameOf(MethodInfo method) =>
        _names.GetOrAdd(method, static method => $"{method.DeclaringType?.Name}.{method.Name}");

    public void Dispose() => _meter.Dispose();
}
