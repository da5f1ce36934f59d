using SecureUserData.Ports;

namespace SecureUserData.Conformance.Ports;

/// <summary><see cref="IWakeups"/>.</summary>
public abstract class WakeupsConformance(PortsFixture fixture) : PortConformance(fixture)
{
    private static readonly DateTimeOffset Noon = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);

    private readonly string _entity = Fresh();

    [Fact]
    public async Task An_entity_is_due_from_its_time_on_also_after_a_crash()
    {
        await Ports.Wakeups.SetAsync(_entity, Noon);

        for (var crash = 0; crash < 2; crash++)
        {
            Assert.DoesNotContain(_entity, await Fixture.DueAsync(Noon.AddMilliseconds(-1)));
            Assert.Contains(_entity, await Fixture.DueAsync(Noon));
            Assert.Contains(_entity, await Fixture.DueAsync(Noon.AddYears(1)));
            await Fixture.CrashAsync();
        }
    }

    [Fact]
    public async Task Another_time_takes_the_place_of_the_one_before()
    {
        await Ports.Wakeups.SetAsync(_entity, Noon);
        await Ports.Wakeups.SetAsync(_entity, Noon.AddHours(1));
        await Fixture.CrashAsync();

        Assert.DoesNotContain(_entity, await Fixture.DueAsync(Noon));
        Assert.Single(await Fixture.DueAsync(Noon.AddHours(1)), entity => entity == _entity);
        await Ports.Wakeups.SetAsync(_entity, Noon.AddHours(-1));
        Assert.Single(await Fixture.DueAsync(Noon), entity => entity == _entity);
    }

    [Fact]
    public async Task What_was_taken_back_is_not_due()
    {
        var other = Fresh();
        await Ports.Wakeups.SetAsync(_entity, Noon);
        await Ports.Wakeups.SetAsync(other, Noon);
        await Ports.Wakeups.SetAsync(_entity, null);
        await Ports.Wakeups.SetAsync(Fresh(), null); // never set
        await Fixture.CrashAsync();

        var due = await Fixture.DueAsync(Noon.AddYears(1));
        Assert.DoesNotContain(_entity, due);
        Assert.Contains(other, due);
    }
}
