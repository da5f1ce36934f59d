using SecureUserData.Conformance;
using SecureUserData.Cryptography;
using SecureUserData.Embedded;

namespace SecureUserData.Tests.Processing;

/// <summary>Who is in memory after a script has gone over all users.</summary>
public sealed class ReadAllMemoryTests : IAsyncLifetime
{
    private const int Others = 3; // the application, the script and its read-all

    private static readonly string[] Name = ["name"];
    private readonly string _folder = Directory.CreateTempSubdirectory("sud-test-").FullName;
    private readonly MasterKeyRing _masters = MasterKeyRing.Parse(MasterKeyRing.Generate());
    private readonly List<Credential> _users = [];
    private RegisteredScript _script = null!;
    private EmbeddedEngine _engine = null!;

    [Fact]
    public async Task Nobody_stays_in_memory_whom_nobody_else_has_asked_for()
    {
        var script = await _engine.SignInAsync(_script.Credential);
        Assert.Equal(20, await CountAsync(script));
        Assert.Equal(Others, _engine.GetStatus().ActiveEntities);
    }

    [Fact]
    public async Task Whom_somebody_else_has_asked_for_stays()
    {
        var script = await _engine.SignInAsync(_script.Credential);
        var user = UserId.Parse((await _engine.SignInAsync(_users[7])).Identity.Id);
        await script.Get(new ConsentId(user, _script.Id)).ReadAsync(new Selection { Fields = Name });

        Assert.Equal(20, await CountAsync(script));

        Assert.Equal(Others + 2, _engine.GetStatus().ActiveEntities);
    }

    [Fact]
    public async Task Refusals_that_were_counted_are_not_lost()
    {
        var user = await _engine.SignInAsync(_users[7]);
        var id = UserId.Parse(user.Identity.Id);
        await user.Get(id).PauseAsync();
        var script = await _engine.SignInAsync(_script.Credential);
        for (var i = 0; i < 3; i++)
            await Assert.ThrowsAsync<SecureUserDataException>(
                () => script.Get(new ConsentId(id, _script.Id)).ReadAsync(new Selection { Fields = Name }));

        Assert.Equal(19, await CountAsync(script));

        var log = await user.Get(id).ReadLogAsync(limit: Limits.PageItems);
        Assert.Equal([1, 2], log.Where(entry => entry.Activity == Activity.ReadRefused).Select(entry => entry.Count));
    }

    private static async Task<int> CountAsync(ISession script)
    {
        var count = 0;
        await foreach (var reading in script.ReadAllAsync(Name)) count += reading.Fields.Count;
        return count;
    }

    public async ValueTask InitializeAsync()
    {
        var options = new EmbeddedOptions { Time = new FakeClock() };
        var created = await EmbeddedEngine.CreateAsync(_folder, _masters, options);
        await using (var engine = created.Engine)
        {
            var operators = await engine.SignInAsync(created.OperatorCredential);
            var app = await operators.RegisterApplicationAsync(new ApplicationSettings("shop"));
            var shop = await engine.SignInAsync(app.Credential);
            _script = await shop.RegisterScriptAsync(
                new ScriptText("Letters", "Monthly letter", LegalBasis.Consent) { Fields = Name });
            for (var i = 0; i < 20; i++)
            {
                var user = await shop.CreateUserAsync(new Dictionary<string, string> { ["name"] = $"User {i}" });
                _users.Add(await engine.ClaimAsync(user.ClaimCode));
                await (await engine.SignInAsync(_users[i])).Get(new ConsentId(user.Id, _script.Id)).GiveAsync();
            }
        }
        _engine = await EmbeddedEngine.OpenAsync(_folder, _masters, options);
    }

    public async ValueTask DisposeAsync()
    {
        await _engine.DisposeAsync();
        _masters.Dispose();
        Directory.Delete(_folder, recursive: true);
    }
}
