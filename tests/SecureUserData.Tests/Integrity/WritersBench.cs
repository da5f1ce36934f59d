using SecureUserData.AccessLog;
using SecureUserData.Applications;
using SecureUserData.Tests.Hosting;

namespace SecureUserData.Tests.Integrity;

/// <summary>An application with two users, whose log has several writers.</summary>
internal sealed class WritersBench : IAsyncDisposable
{
    private KeyLease _lease;

    private WritersBench(HostBench host, MemoryLog log)
    {
        Host = host;
        Log = log;
    }

    internal HostBench Host { get; }

    internal MemoryLog Log { get; }

    internal string Ada { get; private set; } = "";

    internal string Bob { get; private set; } = "";

    internal static async Task<WritersBench> CreateAsync()
    {
        MemoryLog log = null!;
        var bench = new WritersBench(await HostBench.CreateAsync(log: keys => log = new MemoryLog(keys)), log);
        bench.Ada = (await bench.Host.UserAsync()).Id.ToString();
        bench.Bob = (await bench.Host.UserAsync()).Id.ToString();
        bench._lease = await bench.Host.Services.Keyring.RentAsync(bench.Host.ShopId, bench.Host.Outside);
        return bench;
    }

    /// <summary>Appends an entry to each chain, in this order.</summary>
    internal async Task AppendAsync(MemoryWriter writer, params string[] chains)
    {
        Log.Current = writer;
        foreach (var name in chains)
        {
            var chain = new Chain(name, Host.ShopId, Log);
            await chain.LoadAsync(_lease.Keys.Log);
            await chain.AppendAsync(
                new LogEntry
                {
                    Actor = "scr_01jd5ts8x6g3h5jk7mn9pqrstv",
                    At = Host.Clock.GetUtcNow().ToUnixTimeMilliseconds(),
                    Activity = Activity.DataRead,
                    Purpose = $"{chain.Sequence + 1} of {name}",
                },
                _lease.Keys.Log);
        }
    }

    internal Task<VerifiedHeads> VerifyAsync() => Host.VerifyLogAsync();

    internal Task AssertFoundAsync(string place) => Evidence.AssertFoundAsync(VerifyAsync, place);

    public ValueTask DisposeAsync()
    {
        _lease.Dispose();
        return Host.DisposeAsync();
    }
}
