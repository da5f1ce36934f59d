using System.Net;
using System.Net.Sockets;

namespace SecureUserData.Cluster.Tests.Silo;

/// <summary>Ports on which nobody listens.</summary>
internal static class FreePort
{
    /// <summary>All of them are held until all are found, so that they are different.</summary>
    internal static int[] Find(int count)
    {
        var listeners = Enumerable.Range(0, count).Select(_ => new TcpListener(IPAddress.Loopback, 0)).ToList();
        try
        {
            foreach (var listener in listeners) listener.Start();
            return [.. listeners.Select(listener => ((IPEndPoint)listener.LocalEndpoint).Port)];
        }
        finally
        {
            foreach (var listener in listeners) listener.Dispose();
        }
    }
}
