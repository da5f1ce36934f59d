using SecureUserData.Cryptography;
using SecureUserData.Embedded;
using SecureUserData.Tests.Integrity;

namespace SecureUserData.Tests.Hosting;

/// <summary>An export needs no more memory for much than for little.</summary>
public sealed class ExportMemoryTests(ITestOutputHelper output)
{
    private const int Records = 1_500;
    private const int RecordBytes = 64 * 1024;

    [Fact]
    public async Task A_large_export_is_never_in_memory_as_a_whole()
    {
        using var folder = new DataFolder();
        var created = await EmbeddedEngine.CreateAsync(folder.Path, MasterKeyRing.Parse(DataFolder.Masters));
        await using var engine = created.Engine;
        var operators = await engine.SignInAsync(created.OperatorCredential);
        var registered = await operators.RegisterApplicationAsync(new ApplicationSettings("shop"));
        var shop = await engine.SignInAsync(registered.Credential);
        var user = await shop.CreateUserAsync(new Dictionary<string, string> { ["name"] = "ada" });
        var content = RecordContent.Text(new string('x', RecordBytes));
        await Parallel.ForAsync(
            0,
            Records,
            new ParallelOptions { MaxDegreeOfParallelism = 32 },
            async (_, _) => await shop.Get(user.Id).PutRecordAsync("letters", content));
        var session = await engine.SignInAsync(await engine.ClaimAsync(user.ClaimCode));

        using var sink = new Sink();
        await session.ExportAsync(sink, cancellation: TestContext.Current.CancellationToken);

        output.WriteLine($"{sink.Written:N0} bytes written, at most {sink.MostInUse:N0} more in use than before");
        Assert.True(sink.Written > (long)Records * RecordBytes);
        // A page of records, sealed and open, and what is on its way to the stream.
        Assert.InRange(sink.MostInUse, 0, 4 * Limits.PageBytes);
    }

    /// <summary>Counts what is written, and looks now and then how much memory is in use.</summary>
    private sealed class Sink : Stream
    {
        private const int LookEvery = 4 * 1024 * 1024;

        private readonly long _before = GC.GetTotalMemory(forceFullCollection: true);
        private long _looked;

        internal long Written { get; private set; }

        internal long MostInUse { get; private set; }

        public override bool CanRead => false;

        public override bool CanSeek => false;

        public override bool CanWrite => true;

        public override long Length => Written;

        public override long Position
        {
            get => Written;
            set => throw new NotSupportedException();
        }

        public override void Write(byte[] buffer, int offset, int count)
        {
            Written += count;
            if (Written - _looked < LookEvery) return;
            _looked = Written;
            MostInUse = Math.Max(MostInUse, GC.GetTotalMemory(forceFullCollection: true) - _before);
        }

        public override void Flush()
        {
        }

        public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();
    }
}
