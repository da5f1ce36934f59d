using BenchmarkDotNet.Attributes;
using SecureUserData.Cryptography;

namespace SecureUserData.Bench;

/// <summary>Sealing and opening one value.</summary>
[MemoryDiagnoser]
public class EnvelopeBenchmarks
{
    private readonly VersionedKeys _keys = new(1, SecretKey.Random());
    private readonly Binding _binding = Binding.Field(AppId.New().ToString(), UserId.New().ToString(), "email");
    private Envelope _envelope = null!;
    private byte[] _plaintext = [];
    private byte[] _sealed = [];

    [Params(20, 200, 65_536)]
    public int Bytes { get; set; }

    [GlobalSetup]
    public void Setup()
    {
        _envelope = new Envelope(_keys);
        _plaintext = new byte[Bytes];
        _sealed = _envelope.Seal(_binding, _plaintext);
    }

    [Benchmark]
    public byte[] Seal() => _envelope.Seal(_binding, _plaintext);

    [Benchmark]
    public object Open() => _envelope.Open(_binding, _sealed).Plaintext;

    [GlobalCleanup]
    public void Cleanup()
    {
        _envelope.Dispose();
        _keys.Dispose();
    }
}
