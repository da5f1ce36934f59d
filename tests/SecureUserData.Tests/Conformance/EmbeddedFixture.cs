using SecureUserData.AccessLog;
using SecureUserData.Conformance;
using SecureUserData.Cryptography;
using SecureUserData.Embedded;

namespace SecureUserData.Tests.Conformance;

/// <summary>The embedded engine on a folder of its own.</summary>
public sealed class EmbeddedFixture : EngineFixture
{
    private readonly string _folder = Directory.CreateTempSubdirectory("sud-conformance-").FullName;
    private MasterKeyRing _masters;
    private readonly EmbeddedOptions _options;
    private EmbeddedEngine? _engine;
    private Credential? _operator;

    public EmbeddedFixture()
    {
        _options = new EmbeddedOptions { Time = Clock };
        _masters = MasterKeyRing.Parse(MasterKeys);
    }

    public override string MasterKeys { get; } = MasterKeyRing.Generate();

    public override ISecureUserData Engine => Embedded;

    public override Credential OperatorCredential => _operator!;

    internal EmbeddedEngine Embedded => _engine ?? throw new InvalidOperationException("The engine is not open.");

    public override async ValueTask InitializeAsync() =>
        (_engine, _operator) = await EmbeddedEngine.CreateAsync(_folder, _masters, _options);

    public override async Task RestartAsync()
    {
        if (_engine is { } engine) await engine.DisposeAsync();
        _engine = null;
        _engine = await EmbeddedEngine.OpenAsync(_folder, _masters, _options);
    }

    public override async Task RestartAsync(string masterKeys)
    {
        if (_engine is { } engine) await engine.DisposeAsync();
        _engine = null;
        _masters.Dispose();
        _masters = MasterKeyRing.Parse(masterKeys);
        await RestartAsync();
    }

    public override async Task UnloadIdleAsync()
    {
        var began = TimeProvider.System.GetTimestamp();
        while (Embedded.GetStatus().ActiveEntities > 0)
        {
            Assert.True(TimeProvider.System.GetElapsedTime(began) < TimeSpan.FromSeconds(20), "Entities stay active.");
            Clock.Advance(_options.UnloadAfter * 2);
            await Task.Yield();
        }
        Assert.Equal(0, Embedded.GetStatus().UnloadFailures);
    }

    public override Task<LogVerified> VerifyLogAsync() => Embedded.VerifyLogAsync();

    public override async ValueTask DisposeAsync()
    {
        if (_engine is { } engine)
        {
            await engine.VerifyLogAsync();
            await engine.DisposeAsync();
        }
        _masters.Dispose();
        Directory.Delete(_folder, recursive: true);
    }
}
