using SecureUserData.Cluster.Tests.Conformance;
using SecureUserData.Conformance;
using SecureUserData.Entities;

namespace SecureUserData.Cluster.Tests.Restores;

/// <summary>A cluster whose data is set back to a backup, and its erasure list is not.</summary>
public sealed class EraseAgainTests(TwoSilos cluster) : EngineConformance(cluster), IClassFixture<TwoSilos>
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Whoever_came_back_with_a_backup_is_erased_again_and_nobody_else()
    {
        var app = await RegisterAsync();
        var (ada, script) = (await AddUserAsync(app), await AddScriptAsync(app));
        var bob = await AddUserAsync(app, new Dictionary<string, string>(Ada) { ["email"] = "bob@example.org" });
        foreach (var user in (UserActor[])[ada, bob])
        {
            await app.User(user.Id).PutRecordAsync("letters", RecordContent.Text("Dear reader"));
            await user.To(script).GiveAsync();
        }
        var putBack = await BackUpAsync();
        app = await AgainAsync(app);
        var first = await app.Session.EraseAsync(ada.Id, cancellation: Cancellation);
        await cluster.RestartAsync(putBack);
        (app, script) = (await AgainAsync(app), await AgainAsync(script));
        Assert.Equal("Ada Lovelace", (await script.ReadAsync(ada, "name")).Fields["name"]); // she is back

        var erased = await Erasures.EraseAgainAsync(cancellation: Cancellation);

        Assert.Equal([ada.Id], erased);
        await RefusedAsync(ErrorCode.Erased, () => script.ReadAsync(ada, "name"));
        await RefusedAsync(ErrorCode.Erased, () => app.User(ada.Id).SetFieldAsync("name", "Ada"));
        await RefusedAsync(ErrorCode.Denied, () => Engine.SignInAsync(ada.Credential));
        var erasure = app.Session.Get(new ErasureId(ada.Id));
        Assert.All((await erasure.PreviewAsync()).Removes, items => Assert.Equal(0, items.Count));
        Assert.Equal(0, await cluster.Service<DomainServices>().Ports.Records.CountAsync(ada.Id));
        await AddUserAsync(app); // her e-mail address is free
        await AssertCertifiedAsync(app, ada.Id, first);
        Assert.Equal("bob@example.org", (await script.ReadAsync(bob, "email")).Fields["email"]);
        Assert.Single((await (await AgainAsync(bob)).Self.ListRecordsAsync("letters")).Items);
        var log = await LogAsync((await OperatorAsync()).Get(new InstallationId()).ReadLogAsync);
        Assert.Equal(Activity.BackupRestored, log[^1].Activity);
        Assert.Equal(["users/1"], log[^1].Names);

        var entries = (await Fixture.VerifyLogAsync()).Entries;
        Assert.Empty(await Erasures.EraseAgainAsync(cancellation: Cancellation));
        Assert.Equal(entries, (await Fixture.VerifyLogAsync()).Entries);
    }

    [Fact]
    public async Task What_was_stopped_in_the_middle_is_finished_the_next_time()
    {
        const int Users = 150; // more than are erased at the same time
        var app = await RegisterAsync();
        var users = new List<UserActor>();
        for (var i = 0; i < Users; i++) users.Add(await AddNamedUserAsync(app, $"reader {i}"));
        var putBack = await BackUpAsync();
        app = await AgainAsync(app);
        foreach (var user in users) await app.Session.EraseAsync(user.Id, cancellation: Cancellation);
        await cluster.RestartAsync(putBack);
        app = await AgainAsync(app);

        using var stop = CancellationTokenSource.CreateLinkedTokenSource(Cancellation);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(
            () => Erasures.EraseAgainAsync((_, _) => stop.Cancel(), stop.Token));
        var left = 0;
        foreach (var user in users)
            if ((await app.Session.Get(new ErasureId(user.Id)).GetAsync())?.Certificate is null) left++;
        Assert.InRange(left, 1, Users - 1);
        await cluster.RestartAsync();
        app = await AgainAsync(app);

        Assert.Equal(left, (await Erasures.EraseAgainAsync(cancellation: Cancellation)).Count);
        foreach (var user in users)
            await RefusedAsync(ErrorCode.Erased, () => app.User(user.Id).SetFieldAsync("name", "Ada"));
    }

    [Fact]
    public async Task An_erasure_that_was_under_way_in_the_backup_keeps_nobody_waiting_and_is_finished()
    {
        var app = await RegisterAsync();
        var ada = await AddNamedUserAsync(app, "Ada");
        for (var batch = 0; batch < 17; batch++) // more than one request erases
            await app.User(ada.Id).AddRecordsAsync("steps", [.. Enumerable.Range(0, Limits.PageItems)
                .Select(i => new NewRecord(RecordId.New(), RecordContent.Text($"{batch} {i}")))]);
        Assert.Null((await app.Session.Get(new ErasureId(ada.Id)).RequestAsync()).Certificate);
        var putBack = await BackUpAsync();
        app = await AgainAsync(app);
        await app.Session.EraseAsync(ada.Id, cancellation: Cancellation);
        await cluster.RestartAsync(putBack);

        using (var stored = cluster.OpenStored())
        {
            var returned = await stored.FindReturnedAsync(Cancellation);
            Assert.Equal([ada.Id], returned.Users.Keys);
            Assert.Equal(0, await stored.CountReadableAsync(returned));
        }
        Assert.Equal([ada.Id], await Erasures.EraseAgainAsync(cancellation: Cancellation));
        Assert.Equal(0, await cluster.Service<DomainServices>().Ports.Records.CountAsync(ada.Id));
    }

    [Fact]
    public async Task Erasures_that_the_list_has_lost_are_listed_again()
    {
        var app = await RegisterAsync();
        var (ada, bob) = (await AddNamedUserAsync(app, "Ada"), await AddNamedUserAsync(app, "Bob"));
        await app.Session.EraseAsync(ada.Id, cancellation: Cancellation);
        await cluster.RestartAsync(cluster.Storage.LoseErasureListAsync);
        app = await AgainAsync(app);
        await app.Session.EraseAsync(bob.Id, cancellation: Cancellation);
        Assert.DoesNotContain(ada.Id, await ListedAsync());

        using (var stored = cluster.OpenStored()) await stored.ListErasuresAsync(Cancellation);

        Assert.Superset(new HashSet<UserId> { ada.Id, bob.Id }, (await ListedAsync()).ToHashSet());
        var certificates = await cluster.Service<DomainServices>().Ports.Erasures
            .CertificatesAsync(Cancellation).ToListAsync(Cancellation);
        Assert.Equal(certificates.Distinct().Count(), certificates.Count);
        Assert.Contains((await app.Session.Get(new ErasureId(ada.Id)).GetAsync())!.Certificate, certificates);
    }

    private ClusterErasures Erasures => cluster.Service<ClusterErasures>();

    private ValueTask<IReadOnlySet<UserId>> ListedAsync() =>
        cluster.Service<DomainServices>().Ports.Erasures.UsersAsync();

    /// <summary>Copies the data between two lives of the cluster.</summary>
    private async Task<Func<Task>> BackUpAsync()
    {
        Func<Task>? putBack = null;
        await cluster.RestartAsync(async () => putBack = await cluster.Storage.BackUpAsync());
        return putBack!;
    }

    /// <summary>The data has a certificate of its own, in the name of who asked then; the list has both.</summary>
    private async Task AssertCertifiedAsync(ApplicationActor app, UserId user, ErasureView first)
    {
        var key = await app.Session.Get(new InstallationId()).GetCertificateKeyAsync();
        var again = (await app.Session.Get(new ErasureId(user)).GetAsync())!;
        Assert.NotEqual(first.Certificate, again.Certificate);
        Assert.Equal((first.RequestedBy, first.RequestedAt), (again.RequestedBy, again.RequestedAt));
        Assert.Equal($"{user}", ErasureCertificate.Verify(again.Certificate!, key).User);
        var listed = await cluster.Service<DomainServices>().Ports.Erasures
            .CertificatesAsync(Cancellation).ToListAsync(Cancellation);
        Assert.Contains(first.Certificate, listed);
        Assert.Contains(again.Certificate, listed);
    }
}
