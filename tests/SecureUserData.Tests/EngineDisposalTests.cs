using SecureUserData.Cryptography;
using SecureUserData.Embedded;

namespace SecureUserData.Tests;

public sealed class EngineDisposalTests
{
    [Fact]
    public async Task Closing_an_engine_twice_ends()
    {
        var folder = Directory.CreateTempSubdirectory("sud-test-").FullName;
        try
        {
            using var masters = MasterKeyRing.Parse(MasterKeyRing.Generate());
            var made = await EmbeddedEngine.CreateAsync(folder, masters);
            await made.Engine.DisposeAsync();
            await made.Engine.DisposeAsync().AsTask().WaitAsync(
                TimeSpan.FromSeconds(30), TestContext.Current.CancellationToken);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }
}
