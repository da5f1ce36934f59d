using SecureUserData.Cluster.Hosting;
using SecureUserData.Cluster.Tests.Conformance;
using SecureUserData.Ports;
using SecureUserData.Tests.Hosting;

namespace SecureUserData.Cluster.Tests.Faults;

/// <summary>A cluster whose log can be made to wait, or to fail.</summary>
public sealed class GatedCluster() : ClusterFixture(2)
{
    private HeldRow? _held;

    /// <summary>Holds back the next row that is appended to the log.</summary>
    internal HeldRow HoldNextRow() => _held = new HeldRow();

    protected override ClusterSiloOptions Change(ClusterSiloOptions options) =>
        options with { Stores = new GatedPorts(new SiloPorts(options.Stores, options.Wakeups!), this) };

    private sealed class GatedPorts(IPorts ports, GatedCluster cluster) : InterceptedPorts(ports)
    {
        protected override async Task<T> WriteAsync<T>(PortCall call, Func<Task<T>> write)
        {
            var failure = call == PortCall.AppendEntry && Interlocked.Exchange(ref cluster._held, null) is { } held
                ? await held.WaitAsync()
                : null;
            var written = await write();
            return failure is null ? written : throw failure;
        }
    }
}

/// <summary>A row that waits.</summary>
internal sealed class HeldRow
{
    private readonly TaskCompletionSource _reached = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource<Exception?> _decided =
        new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Ends when there is one.</summary>
    internal Task Reached => _reached.Task;

    internal void LetGo() => _decided.SetResult(null);

    /// <summary>It is stored, and its caller is told that something went wrong.</summary>
    internal void Fail(Exception why) => _decided.SetResult(why);

    internal Task<Exception?> WaitAsync()
    {
        _reached.SetResult();
        return _decided.Task;
    }
}
