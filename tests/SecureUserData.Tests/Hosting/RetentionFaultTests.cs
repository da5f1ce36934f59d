namespace SecureUserData.Tests.Hosting;

/// <summary>A run of retention during which storage fails once, wherever that is, on a store that cannot keep an entry
/// and a state in one commit.</summary>
public sealed class RetentionFaultTests
{
    private const int MoreThanThereAre = 100;

    private static readonly RetentionRules Rules = new()
    {
        Fields = new Dictionary<string, TimeSpan> { ["email"] = TimeSpan.FromDays(30) },
        Collections = new Dictionary<string, TimeSpan> { ["letters"] = TimeSpan.FromDays(30) },
        Log = TimeSpan.FromDays(30),
    };

    [Theory]
    [InlineData("LoadingState")]
    [InlineData("BeforeSavingState")]
    [InlineData("AfterSavingState")]
    [InlineData("BeforeAppending")]
    [InlineData("AfterAppending")]
    [InlineData("BeforeDeleting")]
    [InlineData("BeforeExpiring")]
    [InlineData("WhileExpiring")]
    [InlineData("BeforePurging")]
    [InlineData("BeforeSettingWakeup")]
    public async Task Wherever_storage_fails_a_later_run_finishes(string failure)
    {
        var failures = 0;
        for (var skip = 0; skip < MoreThanThereAre; skip++)
        {
            await using var bench = await HostBench.CreateAsync();
            var (user, self, script) = await FillAsync(bench, Rules);
            bench.Ports.Skip = skip;
            bench.Ports.Next = Enum.Parse<FailingPorts.Failure>(failure);
            try
            {
                await bench.WakeAsync(new RetentionId(bench.ShopId));
            }
            catch (SecureUserDataException e)
            {
                Assert.Equal(ErrorCode.Unavailable, e.Code);
            }
            bench.Ports.Next = FailingPorts.Failure.None;
            bench.Clock.Advance(TimeSpan.FromDays(1));
            Assert.Contains($"{new RetentionId(bench.ShopId)}", bench.Due());
            for (var run = 0; run < 3; run++) // what could not be announced the first time is a row of its own
            {
                await bench.WakeAsync(new RetentionId(bench.ShopId));
                bench.Clock.Advance(TimeSpan.FromDays(1));
            }

            Assert.False(bench.Ports.IsPurgeDue, $"{failure} after {skip}: what was erased is in the files still");
            await AssertDoneAsync(bench, user, self, script, $"{failure} after {skip}");

            if (bench.Ports.Failures == 0) break;
            failures++;
        }
        Assert.InRange(failures, 1, MoreThanThereAre - 1); // it failed at every place, and then there was none left
    }

    [Theory]
    [InlineData("fields")]
    [InlineData("records")]
    [InlineData("log")]
    public async Task What_is_gone_leaves_the_files_and_is_counted_also_when_the_first_purge_fails(string what)
    {
        await using var bench = await HostBench.CreateAsync();
        await FillAsync(bench, what switch
        {
            "fields" => new RetentionRules { Fields = Rules.Fields },
            "records" => new RetentionRules { Collections = Rules.Collections },
            _ => new RetentionRules { Log = Rules.Log },
        });
        var retention = new RetentionId(bench.ShopId);
        bench.Ports.Next = FailingPorts.Failure.BeforePurging;
        await Assert.ThrowsAsync<SecureUserDataException>(() => bench.WakeAsync(retention));
        Assert.True(bench.Ports.IsPurgeDue);

        await bench.WakeAsync(retention);

        Assert.False(bench.Ports.IsPurgeDue);
        var counts = (await bench.Shop.Get(retention).GetAsync()).Last!.Counts;
        Assert.Equal(1, counts.Users);
        Assert.Equal(
            what,
            counts switch
            {
                { Fields: 1, Records: 0, LogEntries: 0 } => "fields",
                { Fields: 0, Records: 2, LogEntries: 0 } => "records",
                { Fields: 0, Records: 0, LogEntries: > 0 } => "log",
                _ => $"{counts}",
            });
    }

    [Fact]
    public async Task What_is_over_is_erased_also_while_purges_fail()
    {
        await using var bench = await HostBench.CreateAsync();
        await FillAsync(bench, new RetentionRules { Fields = Rules.Fields });
        var (_, own, _) = await bench.UserAsync();
        await own.SetFieldAsync("email", "bob@example.org");
        var retention = bench.Shop.Get(new RetentionId(bench.ShopId));
        for (var days = 0; days <= 30; days += 15)
        {
            bench.Ports.Next = FailingPorts.Failure.BeforePurging;
            await Assert.ThrowsAsync<SecureUserDataException>(() => retention.RunAsync());
            Assert.Equal(days < 30, (await own.GetAsync()).Fields.ContainsKey("email"));
            bench.Clock.Advance(TimeSpan.FromDays(15));
        }

        var counts = (await retention.RunAsync()).Last!.Counts;

        Assert.Equal((2L, 2L), (counts.Users, counts.Fields));
    }

    private static async Task AssertDoneAsync(HostBench bench, UserId id, IUser user, ISession script, string when)
    {
        var reading = await script.Get(new ConsentId(id, ScriptId.Parse(script.Identity.Id)))
            .ReadAsync(new Selection { Fields = ["name", "email"], Collection = "letters" });
        Assert.True(reading.Fields.Keys.SequenceEqual(["name"]), $"{when}: the field is there");
        Assert.True(reading.Records!.Items.Count == 0, $"{when}: records are there");
        // A store that has failed after a write is opened anew, and then claims of before are settled.
        if (!when.StartsWith("AfterSavingState", StringComparison.Ordinal))
            await bench.Shop.CreateUserAsync(new Dictionary<string, string> { ["email"] = "ada@example.org" });
        var log = await user.ReadLogAsync();
        var given = log.Single(entry => entry.Activity == Activity.ConsentDecided);
        Assert.True(log.Any(entry => entry.Activity == Activity.Expired), $"{when}: no entry is empty");
        Assert.DoesNotContain(log, entry => entry.Activity is Activity.UserCreated or Activity.RecordPut);
        Assert.Equal(ConsentStatus.Given, given.Decision!.Status);
        await bench.VerifyLogAsync();
    }

    private static async Task<(UserId User, IUser Self, ISession Script)> FillAsync(
        HostBench bench, RetentionRules rules)
    {
        // Ids take their time from the system's clock: long after it no id is young.
        bench.Clock.Advance(new DateTimeOffset(2101, 1, 5, 9, 0, 0, TimeSpan.Zero) - bench.Clock.GetUtcNow());
        await bench.Shop.Get(bench.ShopId).SetRetentionAsync(rules);
        var (user, own, credential) = await bench.UserAsync();
        await own.SetFieldAsync("email", "ada@example.org");
        for (var i = 0; i < 2; i++)
            await bench.Shop.Get(user).PutRecordAsync("letters", RecordContent.Text($"letter {i}"));
        var script = await bench.Shop.RegisterScriptAsync(new ScriptText("Letters", "Write", LegalBasis.Consent)
        {
            Fields = ["name", "email"],
            Collections = ["letters"],
        });
        var session = await bench.SignInAsync(credential);
        await session.Get(new ConsentId(user, script.Id)).GiveAsync();
        bench.Clock.Advance(TimeSpan.FromDays(30));
        for (var i = 0; i < 3; i++) await own.GetAsync();
        await bench.Shop.Get(user).SetFieldAsync("name", "Ada");
        return (user, own, await bench.SignInAsync(script.Credential));
    }
}
