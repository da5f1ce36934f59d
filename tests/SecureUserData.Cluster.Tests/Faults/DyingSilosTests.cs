using SecureUserData.Conformance;

namespace SecureUserData.Cluster.Tests.Faults;

/// <summary>Silos die, stop and join while people work: what was acknowledged is there afterwards.</summary>
public sealed class DyingSilosTests(FaultyCluster cluster) : EngineConformance(cluster), IClassFixture<FaultyCluster>
{
    private volatile bool _isOver;

    [Fact]
    public async Task Nothing_acknowledged_is_lost_when_silos_die_stop_and_join()
    {
        var random = new Random(FaultyCluster.Seed(20261122));
        var app = await RegisterAsync();
        var script = await AddScriptAsync(app);
        var people = new List<Worker>();
        for (var i = 0; i < (FaultyCluster.IsLong ? 12 : 4); i++)
        {
            var user = await AddNamedUserAsync(app, $"Person {i}");
            await user.To(script).GiveAsync();
            people.Add(new Worker(app, user, script, new Random(random.Next())));
        }
        var leaver = await AddNamedUserAsync(app, "Leaver");
        await app.User(leaver.Id).PutRecordAsync("letters", RecordContent.Text("Dear"));

        var work = people.Select(person => person.WorkAsync(() => _isOver)).ToList();
        var sweep = SweepAsync(app.Session.Get(new RotationId(app.Id)));
        // Who is erased signs in no more: it is the application that asks again where the answer was lost.
        var erasure = FaultyCluster.AgainAsync(() => app.Session.EraseAsync(leaver.Id));
        try
        {
            for (var round = 0; round < (FaultyCluster.IsLong ? 20 : 1); round++)
            {
                var silos = cluster.Cluster.Silos;
                await cluster.Cluster.KillSiloAsync(silos[random.Next(1, silos.Count)]);
                await Task.WhenAll(people.Select(person => person.ActsAsync(3)));
                await cluster.Cluster.StartAdditionalSiloAsync();
                silos = cluster.Cluster.Silos;
                await cluster.Cluster.StopSiloAsync(silos[random.Next(1, silos.Count)]);
                await Task.WhenAll(people.Select(person => person.ActsAsync(3)));
                await cluster.Cluster.StartAdditionalSiloAsync();
            }
        }
        finally
        {
            _isOver = true;
        }
        await Task.WhenAll(work);
        Assert.NotNull((await erasure).Certificate);
        await sweep;
        foreach (var person in people) await person.AssertKeptAsync();
        await Fixture.VerifyLogAsync();
        TestContext.Current.TestOutputHelper?.WriteLine(
            $"{people.Sum(person => person.Acts)} acts, {people.Sum(person => person.Refused)} tried again");
    }

    /// <summary>The application's key and then the users': each comes to its end.</summary>
    private async Task SweepAsync(IRotation rotation)
    {
        foreach (var key in new[] { KeyKind.Application, KeyKind.User })
        {
            await FaultyCluster.AgainAsync(async () =>
            {
                if ((await rotation.GetAsync()).Current is null) await rotation.StartAsync(key);
            });
            while ((await FaultyCluster.AgainAsync(() => rotation.RunAheadAsync())).Current is { } run)
                if (run.GoesOn - Clock.GetUtcNow() is { Ticks: > 0 } wait) Clock.Advance(wait);
            var past = (await FaultyCluster.AgainAsync(rotation.GetAsync)).Past[0];
            Assert.True(past is { Phase: RotationPhase.Finished, Failed: 0 } && past.Key == key, $"{past}");
        }
    }
}
