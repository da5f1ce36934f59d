using System.Collections.Frozen;
using OpenTelemetry;
using OpenTelemetry.Exporter;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;
using SecureUserData.Silo.Settings;
using Span = System.Diagnostics.Activity;

namespace SecureUserData.Silo.Telemetry;

/// <summary>Sends metrics and traces to a collector (OTLP over gRPC).</summary>
internal sealed class SiloTelemetry : IDisposable
{
    /// <summary>One call in so many is traced, unless its caller traces it.</summary>
    private const int TracedOneIn = 100;

    private readonly MeterProvider _metrics;
    private readonly TracerProvider _traces;

    internal SiloTelemetry(SiloSettings settings)
    {
        var silo = ResourceBuilder.CreateEmpty().AddService(
            "sud-silo", serviceInstanceId: $"{settings.Address}:{settings.Port}");
        _metrics = Sdk.CreateMeterProviderBuilder()
            .SetResourceBuilder(silo)
            .AddMeter("SecureUserData", "Microsoft.Orleans", "System.Runtime")
            .AddOtlpExporter(Configure)
            .Build();
        _traces = Sdk.CreateTracerProviderBuilder()
            .SetResourceBuilder(silo)
            .SetSampler(new ParentBasedSampler(new TraceIdRatioBasedSampler(1.0 / TracedOneIn)))
            .AddSource("Microsoft.Orleans.Application")
            .AddProcessor(new NamesOnly()) // before the exporter
            .AddOtlpExporter(Configure)
            .Build();

        void Configure(OtlpExporterOptions otlp)
        {
            otlp.Endpoint = settings.Otlp!;
            otlp.Protocol = OtlpExportProtocol.Grpc;
        }
    }

    public void Dispose()
    {
        _traces.Dispose();
        _metrics.Dispose();
    }

    /// <summary>The runtime puts the ids of users and the texts of exceptions into a trace: nothing stays but what was
    /// called.</summary>
    private sealed class NamesOnly : BaseProcessor<Span>
    {
        private static readonly FrozenSet<string> Kept =
            FrozenSet.Create("rpc.system", "rpc.service", "rpc.method", "exception.type");

        public override void OnEnd(Span data)
        {
            foreach (var tag in data.TagObjects.Select(tag => tag.Key).Where(key => !Kept.Contains(key)).ToList())
                data.SetTag(tag, null);
        }
    }
}
