using BenchmarkDotNet.Attributes;
using SecureUserData.AccessLog;
using SecureUserData.Cryptography;
using SecureUserData.Ports;

namespace SecureUserData.Bench;

/// <summary>Making and checking one row of the access log, without storing it.</summary>
[MemoryDiagnoser]
public class ChainBenchmarks
{
    private readonly SecretKey _key = SecretKey.Random();
    private readonly string _chain = UserId.New().ToString();
    private readonly LogEntry _entry = new()
    {
        Actor = ScriptId.New().ToString(),
        App = AppId.New().ToString(),
        At = 1_800_000_000_000,
        KeyVersion = 1,
        Activity = Activity.DataRead,
        Names = ["field/email", "field/given_name", "field/surname"],
        ScriptVersion = 1,
        Purpose = "Write and send the monthly invoices",
    };

    private LogRow _row = null!;

    [GlobalSetup]
    public void Setup()
    {
        var body = _entry.ToBody();
        _row = new LogRow(_chain, 1, body, LogMac.Compute(_key, LogMac.Start, _chain, 1, body));
    }

    [Benchmark]
    public byte[] Body() => _entry.ToBody();

    [Benchmark]
    public byte[] Mac() => LogMac.Compute(_key, LogMac.Start, _chain, 1, _row.Body);

    [Benchmark]
    public bool Verify() => LogMac.Verify(_key, LogMac.Start, _row);
}
