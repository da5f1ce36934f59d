using System.Text;
using System.Text.Json;
using SecureUserData.Vault;

namespace SecureUserData.Conformance.Permissions;

/// <summary>Drives every cell of <c>docs/permissions.md</c>, so that the page cannot drift from the code.</summary>
public abstract class PermissionConformance(EngineFixture fixture) : EngineConformance(fixture)
{
    private const string Name = "Ada Lovelace";
    private const string Letter = "Dear Charles";
    private const string SignIn = "ISecureUserData.SignInAsync";
    private const string Read = "IConsent.ReadAsync";
    private const string Claim = "ISecureUserData.ClaimAsync";
    private const string Challenge = "ISecureUserData.ChallengeAsync";
    private const string SignInToVault = "ISecureUserData.SignInToVaultAsync";

    private static readonly PermissionTable Table = PermissionTable.Read();

    public static TheoryData<string> Rows => [.. Table.Rows.Select(row => row.Operation)];

    [Fact]
    public void The_table_names_every_method_of_every_contract_once()
    {
        var contracts = typeof(IEntity).Assembly.GetTypes()
            .Where(type => type.IsInterface && type != typeof(IEntity) && typeof(IEntity).IsAssignableFrom(type))
            .Append(typeof(ISecureUserData));
        var methods = contracts.SelectMany(type => type.GetMethods().Select(method => $"{type.Name}.{method.Name}"));

        Assert.Equal(methods.Order(), Table.Rows.Select(row => row.Operation).Order());
        Assert.Equal(
            methods.Except([SignIn, Claim, Challenge, SignInToVault]).Order(), Operations.InSession.Keys.Order());
    }

    [Fact]
    public void The_table_names_every_kind_of_caller()
    {
        Assert.Equal(Enum.GetValues<CallerKind>(), Callers.All.Select(caller => caller.Kind).Distinct().Order());
        Assert.All(Table.Rows, row => Assert.Equal(Callers.All.Select(caller => caller.Name), row.Columns));
        Assert.All(Table.Rows, row => Assert.Equal(row.Columns.Count, row.Answers.Count));
    }

    [Fact]
    public void Only_what_cannot_be_asked_has_no_answer()
    {
        foreach (var row in Table.Rows)
            foreach (var (caller, kind) in Callers.All)
            {
                var canBeAsked = row.Operation switch
                {
                    SignIn => kind != CallerKind.VaultUser,
                    Claim or Challenge or SignInToVault => kind == CallerKind.Anonymous,
                    _ => kind != CallerKind.Anonymous,
                };
                string[] answers = canBeAsked
                    ? [PermissionTable.Yes, nameof(ErrorCode.Denied), nameof(ErrorCode.NotFound)]
                    : [PermissionTable.NoWay];
                Assert.Contains(row.Answer(caller), answers);
            }
    }

    [Theory]
    [MemberData(nameof(Rows))]
    public async Task What_the_table_allows_is_done(string operation)
    {
        foreach (var (caller, kind) in Callers.All)
        {
            if (AnswerOf(operation, caller) != PermissionTable.Yes) continue;
            var cast = await AssembleAsync();

            var answer = await ResultAsync(Call(operation, caller, cast, cast.Target));

            // Whatever it is that operators and applications may ask, no answer holds a user's data.
            if (kind is not (CallerKind.Operator or CallerKind.Application)) continue;
            foreach (var value in (string[])[Name, Letter, Convert.ToBase64String(Encoding.UTF8.GetBytes(Letter))])
                Assert.DoesNotContain(value, answer, StringComparison.Ordinal);
        }
    }

    [Theory]
    [MemberData(nameof(Rows))]
    public async Task What_the_table_refuses_is_refused_alike_for_unknown_ids_and_changes_nothing(string operation)
    {
        var cast = await AssembleAsync();
        var before = await DescribeAsync(cast);
        foreach (var (caller, _) in Callers.All)
        {
            if (!Enum.TryParse<ErrorCode>(AnswerOf(operation, caller), out var code)) continue;

            var refusal = await RefusedAsync(code, () => Call(operation, caller, cast, cast.Target));
            foreach (var unknown in cast.Target.Unknowns())
            {
                var other = await RefusedAsync(code, () => Call(operation, caller, cast, unknown));
                Assert.True(refusal.Message == other.Message, $"{caller}: {refusal.Message} – {other.Message}");
            }

            Assert.Equal(before, await DescribeAsync(cast));
        }
    }

    [Fact]
    public async Task Half_a_foreign_consent_answers_like_half_an_unknown_one()
    {
        var cast = await AssembleAsync();
        var unknown = Target.Unknown();
        (string Operation, string Caller, Target Foreign, Target Unknown)[] halves =
        [
            .. Operations.InSession.Keys
                .Where(name => name.StartsWith("IConsent.", StringComparison.Ordinal) && name != Read)
                .Select(name => (name, Callers.TheUser, cast.Target with { Script = cast.ForeignScript.Id },
                    cast.Target with { Script = unknown.Script })),
            (Read, Callers.TheScript, cast.Target with { User = cast.ForeignUser.Id },
                cast.Target with { User = unknown.User }),
            ("IUser.GetRecordAsync", Callers.AnotherUser, cast.Target with { User = cast.AnotherUser.Id },
                unknown with { User = cast.AnotherUser.Id }),
        ];
        var before = await DescribeAsync(cast);

        foreach (var (operation, caller, foreign, half) in halves)
        {
            var one = await RefusedAsync(ErrorCode.NotFound, () => Call(operation, caller, cast, foreign));
            var other = await RefusedAsync(ErrorCode.NotFound, () => Call(operation, caller, cast, half));
            Assert.Equal(other.Message, one.Message);
        }

        Assert.Equal(before, await DescribeAsync(cast));
    }

    private static string AnswerOf(string operation, string caller) =>
        Table.Rows.Single(row => row.Operation == operation).Answer(caller);

    private Task Call(string operation, string caller, Cast cast, Target target) => operation switch
    {
        Claim => Engine.ClaimAsync(cast.ClaimCode),
        SignIn => Engine.SignInAsync(
            caller == Callers.Anonymous ? ForgedCredential.Make("usr", $"{target.User}") : cast.CredentialOf(caller)),
        Challenge => Engine.ChallengeAsync(new VaultId(target.App), VaultUserId.New(), new byte[32]),
        SignInToVault => Engine.SignInToVaultAsync(
            new VaultSignIn(new VaultId(target.App), VaultUserId.New(), new byte[32], new byte[32], new byte[64])),
        _ => Operations.InSession[operation](cast.As(caller), target, cast.Grant),
    };

    private async Task<Cast> AssembleAsync()
    {
        var (own, foreign) = (await RegisterAsync(), await RegisterAsync());
        var user = await AddUserAsync(own);
        var script = await AddScriptAsync(own);
        await user.To(script).GiveAsync();
        var record = await own.User(user.Id).PutRecordAsync("letters", RecordContent.Text(Letter));
        return new Cast(
            Fixture.OperatorCredential,
            await OperatorAsync(),
            own,
            foreign,
            user,
            await AddNamedUserAsync(own, "Grace"),
            await AddNamedUserAsync(foreign, "Eve"),
            script,
            await AddScriptAsync(own),
            await AddScriptAsync(foreign),
            await VaultUserAsync(),
            new Target(own.Id, user.Id, script.Id, record),
            new ConsentGrant((await script.Self.GetAsync()).Notice),
            (await own.Session.CreateUserAsync(new Dictionary<string, string> { ["name"] = "unclaimed" })).ClaimCode,
            await LastEntryAsync());
    }

    /// <summary>The number of the newest entry in the installation's log, which all tests of a class share.</summary>
    private async Task<long> LastEntryAsync()
    {
        var installation = (await OperatorAsync()).Get(new InstallationId());
        var last = 0L;
        while (await installation.ReadLogAsync(last, Limits.PageItems) is [.., var newest]) last = newest.Sequence;
        return last;
    }

    private async Task<ISession> VaultUserAsync()
    {
        var invitation = await VaultClient.AddVaultAsync(await OperatorAsync());
        using var administrator = await VaultClient.FoundAsync(Engine, invitation, "Grace", _ => { }, Clock);
        using var user = await VaultClient.SetUpAsync(
            Engine, await administrator.AddUserAsync("Ada"), _ => { }, Clock);
        return await user.OpenSessionAsync();
    }

    /// <summary>Everything that a refused call could have changed, as text. A user's own reading is on record and
    /// changes nothing else.</summary>
    private static async Task<string> DescribeAsync(Cast cast)
    {
        var parts = new List<object>
        {
            await cast.OperatorSession.Get(new InstallationId()).ReadLogAsync(cast.LastEntry),
        };
        foreach (var app in (ApplicationActor[])[cast.Own, cast.Foreign])
        {
            parts.Add((await app.Self.ListUsersAsync()).Items.Select(id => $"{id}"));
            parts.Add((await app.Self.ListScriptsAsync()).Items.Select(id => $"{id}"));
            parts.Add(await LogAsync(app.Self.ReadLogAsync));
            parts.Add(await LogAsync(app.LookUps(7).ReadLogAsync));
        }
        foreach (var user in (UserActor[])[cast.User, cast.AnotherUser, cast.ForeignUser])
        {
            parts.Add((await LogAsync(user)).Where(entry => entry.Activity != Activity.OwnDataRead).Select(e => e with
            {
                Sequence = 0,
            }));
            parts.Add(await user.Self.GetAsync());
            parts.Add((await user.Overview.ListConsentsAsync()).Items);
            foreach (var info in (await user.Self.ListRecordsAsync("letters")).Items)
                parts.Add((await user.Self.GetRecordAsync("letters", info.Id)).Content.AsText());
        }
        foreach (var script in (ScriptActor[])[cast.Script, cast.AnotherScript, cast.ForeignScript])
            parts.Add(await script.Self.GetAsync());
        return JsonSerializer.Serialize(parts);
    }

    /// <summary>What a call answered, as text.</summary>
    private static async Task<string> ResultAsync(Task call)
    {
        await call;
        var result = call.GetType().GetProperty("Result")?.GetValue(call);
        return JsonSerializer.Serialize(result, result?.GetType() ?? typeof(object));
    }
}
