using SecureUserData.Conformance;
using SecureUserData.Cryptography;
using SecureUserData.Embedded;
using SecureUserData.Tests.Integrity;

namespace SecureUserData.Tests.Hosting;

/// <summary>A folder on which processes of their own work, to be killed or held to limits: an application with a unique
/// field, and a script that reads it.</summary>
internal sealed class ChildFolder(
    DataFolder data, Credential credential, Credential shop, RegisteredScript script) : IDisposable
{
    private const string FolderVariable = "SUD_TEST_FOLDER";
    private const string OperatorVariable = "SUD_TEST_OPERATOR";
    private const string ShopVariable = "SUD_TEST_SHOP";
    private const string ScriptVariable = "SUD_TEST_SCRIPT";
    private const string ReaderVariable = "SUD_TEST_READER";

    internal DataFolder Data => data;

    internal Credential Operator => credential;

    internal Credential Shop => shop;

    internal RegisteredScript Script => script;

    internal static async Task<ChildFolder> MakeAsync()
    {
        var data = new DataFolder();
        var created = await EmbeddedEngine.CreateAsync(
            data.Path, MasterKeyRing.Parse(DataFolder.Masters), new EmbeddedOptions { Time = new FakeClock() });
        await using var engine = created.Engine;
        var shop = await (await engine.SignInAsync(created.OperatorCredential)).RegisterApplicationAsync(
            new ApplicationSettings("shop") { UniqueFields = ["email"] });
        var script = await (await engine.SignInAsync(shop.Credential)).RegisterScriptAsync(
            new ScriptText("Letters", "Monthly letter", LegalBasis.Consent)
            {
                Fields = ["name", "email"],
                Collections = ["letters"],
            });
        return new ChildFolder(data, created.OperatorCredential, shop.Credential, script);
    }

    /// <summary>The folder of this child; null in an ordinary run of the tests.</summary>
    internal static ChildFolder? OfChild() => ChildTest.Variable(FolderVariable) is not { } path
        ? null
        : new ChildFolder(
            new DataFolder(path),
            new Credential(ChildTest.Variable(OperatorVariable)!),
            new Credential(ChildTest.Variable(ShopVariable)!),
            new RegisteredScript(
                ScriptId.Parse(ChildTest.Variable(ScriptVariable)),
                new Credential(ChildTest.Variable(ReaderVariable)!)));

    /// <summary>What a child needs to know.</summary>
    internal Dictionary<string, string> Variables() => new()
    {
        [FolderVariable] = data.Path,
        [OperatorVariable] = credential.Reveal(),
        [ShopVariable] = shop.Reveal(),
        [ScriptVariable] = script.Id.ToString(),
        [ReaderVariable] = script.Credential.Reveal(),
    };

    internal Task<EmbeddedEngine> OpenAsync(FakeClock clock, string masters = DataFolder.Masters) =>
        EmbeddedEngine.OpenAsync(data.Path, MasterKeyRing.Parse(masters), new EmbeddedOptions { Time = clock });

    public void Dispose() => data.Dispose();
}
