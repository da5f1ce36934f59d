using SecureUserData.Conformance;
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

    [Fact]
    public async Task Closing_an_engine_does_not_wait_for_those_who_follow()
    {
        var folder = Directory.CreateTempSubdirectory("sud-test-").FullName;
        try
        {
            using var masters = MasterKeyRing.Parse(MasterKeyRing.Generate());
            var clock = new FakeClock(); // on which no waiting ends
            var made = await EmbeddedEngine.CreateAsync(folder, masters, new EmbeddedOptions { Time = clock });
            var operators = await made.Engine.SignInAsync(made.OperatorCredential);
            var next = operators.Get(FollowerId.New()).NextAsync(null, wait: TimeSpan.FromSeconds(20));
            await made.Engine.DisposeAsync().AsTask().WaitAsync(
                TimeSpan.FromSeconds(30), TestContext.Current.CancellationToken);
            Assert.Empty((await next).Items);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }
}
