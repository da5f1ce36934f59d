using System.Collections.Concurrent;
using System.Net;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Logging;

namespace SecureUserData.Cluster.Tests.Silo;

/// <summary>Takes what is sent by OTLP over gRPC, and keeps the bytes.</summary>
internal sealed class Collector : IAsyncDisposable
{
    private readonly WebApplication _server;
    private readonly ConcurrentQueue<(string Path, string Text)> _received = new();

    private Collector(WebApplication server) => _server = server;

    internal string Address => _server.Urls.Single();

    internal static async Task<Collector> StartAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel =>
            kestrel.Listen(IPAddress.Loopback, 0, listen => listen.Protocols = HttpProtocols.Http2));
        var collector = new Collector(builder.Build());
        collector._server.MapPost("/{**path}", collector.TakeAsync);
        await collector._server.StartAsync(TestContext.Current.CancellationToken);
        return collector;
    }

    /// <summary>What has come to a service, once some text is in it.</summary>
    internal async Task<string> ReceivedAsync(string service, string awaited)
    {
        var began = TimeProvider.System.GetTimestamp();
        while (true)
        {
            var all = string.Concat(_received.Where(sent => sent.Path.Contains(service)).Select(sent => sent.Text));
            if (all.Contains(awaited, StringComparison.Ordinal)) return all;
            Assert.True(TimeProvider.System.GetElapsedTime(began) < TimeSpan.FromSeconds(60), $"No {awaited} came.");
            await Task.Yield();
        }
    }

    private async Task TakeAsync(HttpContext call)
    {
        using var body = new MemoryStream();
        await call.Request.Body.CopyToAsync(body);
        _received.Enqueue((call.Request.Path, Encoding.Latin1.GetString(body.ToArray())));
        call.Response.ContentType = "application/grpc";
        await call.Response.Body.WriteAsync(new byte[5]); // an empty message, not compressed
        call.Response.AppendTrailer("grpc-status", "0");
    }

    public ValueTask DisposeAsync() => _server.DisposeAsync();
}
