using SecureUserData.Conformance;
using SecureUserData.Cryptography;
using SecureUserData.Embedded;

namespace SecureUserData.Tests.Integrity;

/// <summary>A read-all over a database that somebody has changed: nobody is left out unseen, and nobody keeps the
/// others from being read.</summary>
public sealed class ReadAllTests : IAsyncLifetime
{
    private static readonly string[] Name = ["name"];
    private readonly DataFolder _folder = new();
    private readonly List<UserId> _users = [];
    private RegisteredScript _script = null!;

    private string Third => new ConsentId(_users[2], _script.Id).ToString();

    public static TheoryData<string> Changes =>
    [
        "UPDATE state SET body = body || x'00' WHERE id = $1",
        "UPDATE state SET tags = tags || 'x' WHERE id = $1",
        "UPDATE state SET body = CAST(body || x'00' AS BLOB) WHERE id = $1",
        "UPDATE state SET tags = '' WHERE id = $1",
        "UPDATE state SET version = version + 1 WHERE id = $1",
        "UPDATE state SET body = body || x'00' WHERE id = substr($1, 1, 30)", // the user behind the consent
        "UPDATE log SET mac = zeroblob(32) WHERE chain = substr($1, 1, 30)",
    ];

    [Theory]
    [MemberData(nameof(Changes))]
    public async Task Who_does_not_authenticate_stops_it_with_the_place_and_the_cursor_that_goes_on(string change)
    {
        Assert.NotEqual(0, _folder.Sql(change, Third));
        await using var engine = await _folder.OpenAsync();
        var session = await engine.SignInAsync(_script.Credential);

        var page = await session.Get(new ReadAllId(_script.Id)).ReadAsync(Name);
        Assert.Equal(_users[..2], page.Items.Select(reading => reading.User));
        for (var again = 0; again < 2; again++)
        {
            var failure = await Assert.ThrowsAsync<SecureUserDataException>(
                () => session.Get(new ReadAllId(_script.Id)).ReadAsync(Name, page.Next));
            Assert.Equal((ErrorCode.Tampered, _users[2].ToString()), (failure.Code, failure.Cursor));
            Assert.Contains(_users[2].ToString(), failure.Message);
        }
        var rest = await session.Get(new ReadAllId(_script.Id)).ReadAsync(Name, _users[2].ToString());
        Assert.Equal(_users[3..], rest.Items.Select(reading => reading.User));
        Assert.Null(rest.Next);
    }

    [Fact]
    public async Task An_index_row_that_somebody_wrote_reads_nobody()
    {
        await using (var engine = await _folder.OpenAsync())
        {
            var session = await engine.SignInAsync(_credentials[2]);
            await session.Get(new ConsentId(_users[2], _script.Id)).WithdrawAsync();
        }
        Assert.Equal(1, _folder.Sql($"INSERT INTO tag (tag, id) VALUES ('given/{_script.Id}', $1)", Third));
        await using (var engine = await _folder.OpenAsync())
        {
            var session = await engine.SignInAsync(_script.Credential);
            var failure = await Assert.ThrowsAsync<SecureUserDataException>(
                () => session.Get(new ReadAllId(_script.Id)).ReadAsync(Name, _users[1].ToString()));
            Assert.Equal((ErrorCode.Tampered, _users[2].ToString()), (failure.Code, failure.Cursor));
        }
    }

    [Fact]
    public async Task An_index_row_that_is_no_consent_to_this_script_stops_it()
    {
        var user = _users[2].ToString();
        Assert.Equal(1, _folder.Sql($"INSERT INTO tag (tag, id) VALUES ('given/{_script.Id}', $1)", user));
        await using var engine = await _folder.OpenAsync();
        var session = await engine.SignInAsync(_script.Credential);
        var page = await session.Get(new ReadAllId(_script.Id)).ReadAsync(Name);
        Assert.Equal(_users[..2], page.Items.Select(reading => reading.User));
        var failure = await Assert.ThrowsAsync<SecureUserDataException>(
            () => session.Get(new ReadAllId(_script.Id)).ReadAsync(Name, page.Next));
        Assert.Equal(ErrorCode.Tampered, failure.Code);
    }

    private readonly List<Credential> _credentials = [];

    public async ValueTask InitializeAsync()
    {
        var created = await EmbeddedEngine.CreateAsync(
            _folder.Path, MasterKeyRing.Parse(DataFolder.Masters), new EmbeddedOptions { Time = new FakeClock() });
        await using var engine = created.Engine;
        var operators = await engine.SignInAsync(created.OperatorCredential);
        var app = await operators.RegisterApplicationAsync(new ApplicationSettings("shop"));
        var shop = await engine.SignInAsync(app.Credential);
        _script = await shop.RegisterScriptAsync(
            new ScriptText("Letters", "Monthly letter", LegalBasis.Consent) { Fields = ["name"] });
        for (var i = 0; i < 5; i++)
        {
            var user = await shop.CreateUserAsync(new Dictionary<string, string> { ["name"] = $"User {i}" });
            _users.Add(user.Id);
            _credentials.Add(await engine.ClaimAsync(user.ClaimCode));
            var session = await engine.SignInAsync(_credentials[i]);
            await session.Get(new ConsentId(user.Id, _script.Id)).GiveAsync();
        }
    }

    public ValueTask DisposeAsync()
    {
        _folder.Dispose();
        return ValueTask.CompletedTask;
    }
}
