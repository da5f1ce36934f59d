using SecureUserData.Conformance;
using SecureUserData.Cryptography;
using SecureUserData.Embedded;

namespace SecureUserData.Tests.Integrity;

/// <summary>A small installation, made once and copied for every test: two applications, three users, two scripts of
/// the first application, decisions, records, readings and refusals.</summary>
public sealed class Scene : IAsyncLifetime
{
    private readonly DataFolder _before = new();
    private readonly DataFolder _now = new();

    internal Credential Operator { get; private set; } = null!;

    internal RegisteredApplication Shop { get; private set; } = null!;

    internal RegisteredApplication Other { get; private set; } = null!;

    internal RegisteredScript Letters { get; private set; } = null!;

    internal RegisteredScript Orders { get; private set; } = null!;

    internal UserId Ada { get; private set; }

    internal UserId Bob { get; private set; }

    internal UserId Eve { get; private set; }

    internal Credential AdaCredential { get; private set; } = null!;

    internal Credential BobCredential { get; private set; } = null!;

    internal List<RecordId> AdasMessages { get; } = [];

    internal RecordId BobsMessage { get; private set; }

    /// <summary>A fresh copy, closed.</summary>
    internal DataFolder Copy() => _now.Copy();

    /// <summary>A fresh copy of how it was while Ada's consent to Orders was still given.</summary>
    internal DataFolder CopyOfBefore() => _before.Copy();

    public async ValueTask InitializeAsync()
    {
        var created = await EmbeddedEngine.CreateAsync(
            _now.Path, MasterKeyRing.Parse(DataFolder.Masters), new EmbeddedOptions { Time = new FakeClock() });
        Operator = created.OperatorCredential;
        await using (var engine = created.Engine) await FillAsync(engine);
        Assert.False(File.Exists(_now.Database + "-wal"), "the write-ahead log is left after closing");
        File.Copy(_now.Database, _before.Database);
        await using (var engine = await _now.OpenAsync())
        {
            var ada = await engine.SignInAsync(AdaCredential);
            await ada.Get(new ConsentId(Ada, Orders.Id)).WithdrawAsync();
        }
    }

    private async Task FillAsync(EmbeddedEngine engine)
    {
        var operators = await engine.SignInAsync(Operator);
        var settings = new ApplicationSettings("shop") { UniqueFields = ["email"], IndexedFields = ["city"] };
        Shop = await operators.RegisterApplicationAsync(settings);
        Other = await operators.RegisterApplicationAsync(settings with { Name = "other" });
        var shop = await engine.SignInAsync(Shop.Credential);
        Letters = await shop.RegisterScriptAsync(new ScriptText("Letters", "Monthly letter", LegalBasis.Consent)
        {
            Fields = ["email", "name"],
            Collections = ["messages"],
        });
        Orders = await shop.RegisterScriptAsync(new ScriptText("Orders", "Orders", LegalBasis.Contract)
        {
            Fields = ["email", "name"],
            Collections = ["messages"],
        });
        (Ada, AdaCredential) = await UserAsync(engine, shop, "ada");
        (Bob, BobCredential) = await UserAsync(engine, shop, "bob");
        (Eve, _) = await UserAsync(engine, await engine.SignInAsync(Other.Credential), "eve");
        AdasMessages.Add(await shop.Get(Ada).PutRecordAsync("messages", RecordContent.Text("one")));
        AdasMessages.Add(await shop.Get(Ada).PutRecordAsync("messages", RecordContent.Text("two")));
        BobsMessage = await shop.Get(Bob).PutRecordAsync("messages", RecordContent.Text("three"));
        var (ada, bob) = (await engine.SignInAsync(AdaCredential), await engine.SignInAsync(BobCredential));
        await ada.Get(new ConsentId(Ada, Letters.Id)).GiveAsync();
        await ada.Get(new ConsentId(Ada, Orders.Id)).GiveAsync();
        await bob.Get(new ConsentId(Bob, Letters.Id)).RefuseAsync();
        await bob.Get(new ConsentId(Bob, Orders.Id)).GiveAsync();
        await ReadAsync(engine, Letters, Ada);
        await ReadAsync(engine, Orders, Bob);
        await Assert.ThrowsAsync<SecureUserDataException>(() => ReadAsync(engine, Letters, Bob));
    }

    private static async Task<(UserId Id, Credential Credential)> UserAsync(
        EmbeddedEngine engine, ISession app, string name)
    {
        var user = await app.CreateUserAsync(new Dictionary<string, string>
        {
            ["email"] = $"{name}@example.org", ["name"] = name, ["city"] = "Zürich",
        });
        return (user.Id, await engine.ClaimAsync(user.ClaimCode));
    }

    /// <summary>A script reads a user's name and messages.</summary>
    internal static async Task<Reading> ReadAsync(EmbeddedEngine engine, RegisteredScript script, UserId user)
    {
        var session = await engine.SignInAsync(script.Credential);
        return await session.Get(new ConsentId(user, script.Id)).ReadAsync(
            new Selection { Fields = ["name"], Collection = "messages" });
    }

    /// <summary>Asserts that opening or verifying finds that something was changed.</summary>
    internal static async Task AssertFoundAsync(DataFolder folder, string change)
    {
        SecureUserDataException? found = null;
        try
        {
            await using var engine = await folder.OpenAsync();
            var verified = await engine.VerifyLogAsync();
            Assert.Fail($"not found: {change}; {verified.Entries} entries verified");
        }
        catch (SecureUserDataException e)
        {
            found = e;
        }
        Assert.True(found.Code == ErrorCode.Tampered, $"{change}: {found.Code}, {found.Message}");
    }

    /// <summary>Asserts that an act ends with the one exception for what does not authenticate, and that it names the
    /// place.</summary>
    internal static async Task AssertTamperedAtAsync(string place, Func<Task> act)
    {
        var refusal = await Assert.ThrowsAsync<SecureUserDataException>(act);
        Assert.Equal(
            (ErrorCode.Tampered, SecureUserDataException.Tampered(place).Message), (refusal.Code, refusal.Message));
    }

    /// <summary>Asserts that an act ends with the one exception for what does not authenticate.</summary>
    internal static async Task AssertTamperedAsync(Func<Task> act, string change)
    {
        try
        {
            await act();
        }
        catch (SecureUserDataException e)
        {
            Assert.True(e.Code == ErrorCode.Tampered, $"{change}: {e.Code}, {e.Message}");
            return;
        }
        Assert.Fail($"not found: {change}");
    }

    public ValueTask DisposeAsync()
    {
        _before.Dispose();
        _now.Dispose();
        return ValueTask.CompletedTask;
    }
}
