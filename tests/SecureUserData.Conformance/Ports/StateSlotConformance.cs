using SecureUserData.Ports;

namespace SecureUserData.Conformance.Ports;

/// <summary><see cref="IStateSlot"/>.</summary>
public abstract class StateSlotConformance(PortsFixture fixture) : PortConformance(fixture)
{
    [Fact]
    public async Task An_entity_that_never_saved_has_no_state() => Assert.Null(await Ports.Slot(Fresh()).LoadAsync());

    [Fact]
    public async Task A_saved_state_is_durable_when_the_call_returns()
    {
        var entity = Fresh();
        var body = new byte[2 * 1024 * 1024];
        body[^1] = 7;
        await Ports.Slot(entity).SaveAsync(new StoredState(1, "app_owner", ["b", "a"], body));

        await Fixture.CrashAsync();

        var stored = (await Ports.Slot(entity).LoadAsync())!;
        Assert.Equal((1, "app_owner"), (stored.Version, stored.Owner));
        Assert.Equal(["a", "b"], stored.Tags.Order());
        Assert.Equal(body, stored.Body);
    }

    [Fact]
    public async Task Each_save_takes_the_place_of_the_one_before()
    {
        var entity = Fresh();
        var slot = Ports.Slot(entity);
        await slot.SaveAsync(State(1, "one", "tag"));
        await slot.SaveAsync(State(2, "two"));
        await slot.SaveAsync(State(3, "three", "other"));

        var stored = (await Ports.Slot(entity).LoadAsync())!;

        Assert.Equal((3, "other"), (stored.Version, Assert.Single(stored.Tags)));
        Assert.Equal(Bytes("three"), stored.Body);
    }

    [Fact]
    public async Task A_save_that_does_not_follow_the_stored_version_is_a_conflict_and_changes_nothing()
    {
        var entity = Fresh();
        await ConflictsAsync(() => Ports.Slot(entity).SaveAsync(State(2, "before the first")));
        await Ports.Slot(entity).SaveAsync(State(1, "one", "kept"));
        var stale = Ports.Slot(entity);
        await stale.LoadAsync();
        var current = Ports.Slot(entity);
        await current.LoadAsync();
        await current.SaveAsync(State(2, "two", "kept"));

        await ConflictsAsync(() => stale.SaveAsync(State(2, "stale", "lost")));
        await ConflictsAsync(() => Ports.Slot(entity).SaveAsync(State(1, "anew", "lost")));
        await ConflictsAsync(() => current.SaveAsync(State(4, "too far", "lost")));

        Assert.Equal(Bytes("two"), (await Ports.Slot(entity).LoadAsync())!.Body);
        Assert.Equal(entity, Assert.Single(await Ports.States.FindAsync("kept", null, 10), s => s.Id == entity).Id);
        Assert.Empty(await Ports.States.FindAsync("lost", null, 10));
    }

    [Fact]
    public async Task A_state_is_stored_with_its_announcement_or_not_at_all()
    {
        var (entity, chain) = (Fresh(), Fresh());
        var slot = Ports.Slot(entity);
        await slot.SaveAsync(State(1, "one"), Announcement(1));
        await ConflictsAsync(() => slot.SaveAsync(State(2, "out of turn"), Announcement(3)));
        await slot.SaveAsync(State(2, "two"), Announcement(2));

        await Fixture.CrashAsync();

        Assert.Equal(Bytes("two"), (await Ports.Slot(entity).LoadAsync())!.Body);
        Assert.Equal([1, 2], (await Ports.Log.ReadAsync(chain, 1, 10)).Select(row => row.Sequence));

        LogRow Announcement(long sequence) => new(chain, sequence, Bytes("announced"), new byte[32]);
    }

    [Fact]
    public async Task Of_many_saves_of_one_version_exactly_one_wins()
    {
        var entity = Fresh();
        for (var version = 1; version <= 5; version++)
        {
            var slots = Enumerable.Range(0, 32).Select(_ => Ports.Slot(entity)).ToList();
            foreach (var slot in slots) await slot.LoadAsync();

            var saves = slots.Select((slot, i) => slot.SaveAsync(State(version, $"{i}")));
            Assert.Equal(1, await CountSucceededAsync(saves));
        }
        Assert.Equal(5, (await Ports.Slot(entity).LoadAsync())!.Version);
    }

    [Fact]
    public async Task A_bad_save_among_many_fails_alone()
    {
        var taken = Fresh();
        await Ports.Slot(taken).SaveAsync(State(1, "taken"));
        var names = Enumerable.Range(0, 60).Select(_ => Fresh()).ToList();

        var good = names.Select(name => Ports.Slot(name).SaveAsync(State(1, name))).ToList();
        var conflict = Ports.Slot(taken).SaveAsync(State(1, "bad"));
        var broken = Ports.Slot(Fresh()).SaveAsync(new StoredState(1, "app_owner", [], null!));
        good.AddRange(names.Select(name => Ports.Slot(name + "/2").SaveAsync(State(1, name))));

        await Task.WhenAll(good);
        await ConflictsAsync(() => conflict);
        await Assert.ThrowsAnyAsync<Exception>(() => broken);
        await Fixture.CrashAsync();
        foreach (var name in names) Assert.Equal(Bytes(name), (await Ports.Slot(name + "/2").LoadAsync())!.Body);
        Assert.Equal(Bytes("taken"), (await Ports.Slot(taken).LoadAsync())!.Body);
    }
}
