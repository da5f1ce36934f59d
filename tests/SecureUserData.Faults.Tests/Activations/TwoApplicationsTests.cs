using SecureUserData.Conformance;
using SecureUserData.Faults.Tests.Model;
using SecureUserData.Tests.Hosting;

namespace SecureUserData.Faults.Tests.Activations;

/// <summary>The same for what is above users: an application, its scripts and the installation.</summary>
public sealed class TwoApplicationsTests
{
    [Fact]
    public async Task Of_two_activations_of_an_application_one_wins_and_nothing_is_lost_or_done_twice()
    {
        foreach (var seed in Effort.Seeds(20260551, 2, 40))
        {
            using var opened = await OpenStore.CreateAsync(new FakeClock());
            var turns = new Turns(seed);
            await using var one = new Silo(opened, turns.Of(0, opened.Store), new FakeClock());
            await using var other = new Silo(opened, turns.Of(1, opened.Store), new FakeClock());
            var purse = await Shop.RegisterAsync(one, opened.Operator);
            var ledger = new Acts(purse.Script.Id, new Random(seed));
            var shops = new[] { await Shop.OpenAsync(one, purse), await Shop.OpenAsync(other, purse) };
            for (var round = 0; round < Effort.Of(25, 100); round++)
                await turns.BothAsync(() => ledger.TryAsync(shops[0]), () => ledger.TryAsync(shops[1]));

            await using var third = new Silo(opened, opened.Store, new FakeClock());
            await ledger.CheckAsync(await Shop.OpenAsync(third, purse));
            await third.VerifyLogAsync();
            Effort.Say(ledger.Summary);
        }
    }

    private sealed class Acts(ScriptId versioned, Random random)
    {
        private readonly List<ScriptId> _scripts = [versioned];
        private readonly List<AppId> _applications = [];
        private int _versions = 1, _lookUps, _rules, _conflicts;

        internal string Summary => $"{_scripts.Count} scripts, {_versions} versions, {_lookUps} look-ups, "
            + $"{_rules} rules, {_applications.Count} applications, {_conflicts} conflicts";

        /// <summary>Does one of them; what was refused has not been done.</summary>
        internal async Task<bool> TryAsync(Shop shop)
        {
            int choice;
            lock (random) choice = random.Next(5);
            try
            {
                switch (choice)
                {
                    case 0:
                        _scripts.Add((await shop.App.RegisterScriptAsync(Shop.Text)).Id);
                        break;
                    case 1:
                        await shop.App.Get(versioned).AddVersionAsync(Shop.Text);
                        _versions++;
                        break;
                    case 2:
                        await LookUps(shop).FindUsersAsync("city", "London");
                        _lookUps++;
                        break;
                    case 3:
                        await shop.Application.SetRetentionAsync(new RetentionRules { Log = TimeSpan.FromDays(30) });
                        _rules++;
                        break;
                    default:
                        _applications.Add(
                            (await shop.Operators.RegisterApplicationAsync(new ApplicationSettings("other"))).Id);
                        break;
                }
                return true;
            }
            catch (SecureUserDataException e)
            {
                Assert.Equal(ErrorCode.Conflict, e.Code);
                _conflicts++;
                return false;
            }
        }

        internal async Task CheckAsync(Shop shop)
        {
            Assert.Equal(_versions, (await shop.App.Get(versioned).GetAsync()).Version);
            foreach (var script in _scripts) Assert.Equal(script, (await shop.App.Get(script).GetAsync()).Id);
            Assert.Superset(
                _scripts.ToHashSet(), (await shop.Application.ListScriptsAsync(limit: 1_000)).Items.ToHashSet());
            Assert.Superset(
                _applications.ToHashSet(),
                (await shop.Operators.Get(new InstallationId()).ListApplicationsAsync(limit: 1_000)).Items.ToHashSet());
            var log = await ReadAsync(shop.Application.ReadLogAsync);
            Count(log, Activity.ScriptRegistered, _scripts.Count);
            // Whoever comes second has announced the same version too.
            Assert.InRange(_versions - 1, 0, log.Count(entry => entry.Activity == Activity.ScriptVersionAdded));
            Count(await ReadAsync(LookUps(shop).ReadLogAsync), Activity.UserLookedUp, _lookUps);
            Count(log, Activity.RetentionChanged, _rules);
            var installation = await ReadAsync(shop.Operators.Get(new InstallationId()).ReadLogAsync);
            Count(installation, Activity.ApplicationRegistered, _applications.Count + 1); // and the shop itself
        }

        /// <summary>A given part, so that two activations come upon one chain.</summary>
        private static ILookUps LookUps(Shop shop) =>
            shop.App.Get(new LookUpsId(AppId.Parse(shop.App.Identity.Id), 0));

        private static void Count(List<AccessLogEntry> log, Activity activity, int done) => Assert.True(
            ChainReplay.Applied(log).Count(entry => entry.Activity == activity) == done,
            $"{done} times {activity} was done, and on record is:\n{ChainReplay.Text(log)}");

        private static async Task<List<AccessLogEntry>> ReadAsync(
            Func<long, int, Task<IReadOnlyList<AccessLogEntry>>> read)
        {
            var log = new List<AccessLogEntry>();
            while (await read(log.Count, Limits.PageItems) is { Count: > 0 } page) log.AddRange(page);
            return log;
        }
    }
}
