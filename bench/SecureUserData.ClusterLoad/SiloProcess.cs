using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Text.Json;

namespace SecureUserData.ClusterLoad;

/// <summary>A process of this program that is a silo.</summary>
internal sealed class SiloProcess : IAsyncDisposable
{
    internal const string Option = "--silo";

    private readonly Process _process;

    private SiloProcess(Process process, SiloSettings settings) => (_process, Settings) = (process, settings);

    internal SiloSettings Settings { get; }

    /// <summary>Processor time of all its threads.</summary>
    internal TimeSpan Cpu
    {
        get
        {
            _process.Refresh();
            return _process.TotalProcessorTime;
        }
    }

    /// <summary>Starts so many silos of one cluster, the first one first.</summary>
    internal static async Task<IReadOnlyList<SiloProcess>> StartAsync(
        int count, SiloKind kind, string mongoDb, string database, string masters)
    {
        var ports = FreePorts(count * 2);
        var silos = new List<SiloProcess>();
        for (var i = 0; i < count; i++)
            silos.Add(await StartAsync(
                new SiloSettings(kind, ports[i], ports[count + i], ports[0], mongoDb, database), masters));
        return silos;
    }

    private static async Task<SiloProcess> StartAsync(SiloSettings settings, string masters)
    {
        var start = new ProcessStartInfo(Environment.ProcessPath!)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            UseShellExecute = false,
        };
        if (Path.GetFileNameWithoutExtension(Environment.ProcessPath) == "dotnet")
            start.ArgumentList.Add(typeof(SiloProcess).Assembly.Location);
        start.ArgumentList.Add(Option);
        start.ArgumentList.Add(JsonSerializer.Serialize(settings));
        start.Environment[SiloSettings.MasterKey] = masters;
        var process = Process.Start(start)!;
        var line = await process.StandardOutput.ReadLineAsync();
        if (line != SiloProgram.Ready) throw new InvalidOperationException($"A silo has not started: {line}");
        return new SiloProcess(process, settings);
    }

    /// <summary>Ports that were free a moment ago; all are held until the last one is known.</summary>
    private static int[] FreePorts(int count)
    {
        var listeners = Enumerable.Range(0, count).Select(_ => new TcpListener(IPAddress.Loopback, 0)).ToList();
        foreach (var listener in listeners) listener.Start();
        var ports = listeners.Select(listener => ((IPEndPoint)listener.LocalEndpoint).Port).ToArray();
        foreach (var listener in listeners) listener.Dispose();
        return ports;
    }

    public async ValueTask DisposeAsync()
    {
        _process.StandardInput.Close(); // it ends then
        await _process.WaitForExitAsync();
        _process.Dispose();
    }
}
