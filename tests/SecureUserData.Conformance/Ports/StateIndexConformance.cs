using SecureUserData.Ports;

namespace SecureUserData.Conformance.Ports;

/// <summary><see cref="IStateIndex"/>.</summary>
public abstract class StateIndexConformance(PortsFixture fixture) : PortConformance(fixture)
{
    [Fact]
    public async Task States_are_found_by_a_tag_in_the_order_of_their_ids()
    {
        var tag = $"tag/{Fresh()}";
        var names = Enumerable.Range(0, 10).Select(_ => Fresh()).ToList();
        foreach (var name in names.AsEnumerable().Reverse())
            await Ports.Slot(name).SaveAsync(State(1, $"body of {name}", "other", tag));

        await Fixture.CrashAsync();
        var found = await Ports.States.FindAsync(tag, null, 100);

        Assert.Equal(names, found.Select(state => state.Id));
        Assert.All(found, state => Assert.Equal(Bytes($"body of {state.Id}"), state.State.Body));
        Assert.All(found, state => Assert.Equal((1, "app_owner"), (state.State.Version, state.State.Owner)));
        Assert.All(found, state => Assert.Equal(["other", tag], state.State.Tags.Order()));
    }

    [Fact]
    public async Task Tags_are_equal_or_not_and_nothing_else()
    {
        var tag = $"tag/{Fresh()}";
        await Ports.Slot(Fresh()).SaveAsync(State(1, "", tag));

        foreach (var other in (string[])[tag.ToUpperInvariant(), tag[..^1], tag + "x", tag + " ", "%", "", "tag/*"])
            Assert.Empty(await Ports.States.FindAsync(other, null, 100));
    }

    [Fact]
    public async Task A_tag_that_a_state_has_lost_does_not_find_it()
    {
        var (first, second, entity) = ($"tag/{Fresh()}", $"tag/{Fresh()}", Fresh());
        var slot = Ports.Slot(entity);
        await slot.SaveAsync(State(1, "one", first));
        await slot.SaveAsync(State(2, "two", second));
        Assert.Empty(await Ports.States.FindAsync(first, null, 100));

        var again = Ports.Slot(entity); // another activation
        await again.LoadAsync();
        await again.SaveAsync(State(3, "three", first));

        Assert.Empty(await Ports.States.FindAsync(second, null, 100));
        Assert.Equal(Bytes("three"), Assert.Single(await Ports.States.FindAsync(first, null, 100)).State.Body);
    }

    [Fact]
    public async Task Pages_go_on_after_an_id_and_see_what_was_saved_between_them()
    {
        var tag = $"tag/{Fresh()}";
        var names = Enumerable.Range(0, 8).Select(_ => Fresh()).ToList();
        foreach (var name in names.Where((_, i) => i != 5)) await Ports.Slot(name).SaveAsync(State(1, "", tag));

        var first = await Ports.States.FindAsync(tag, null, 3);
        await Ports.Slot(names[5]).SaveAsync(State(1, "", tag)); // nothing stays locked between pages
        var second = await Ports.States.FindAsync(tag, first[^1].Id, 3);
        var third = await Ports.States.FindAsync(tag, second[^1].Id, 3);
        var fourth = await Ports.States.FindAsync(tag, third[^1].Id, 3);

        Assert.Equal(names, first.Concat(second).Concat(third).Select(state => state.Id));
        Assert.Empty(fourth);
        Assert.Equal(names[..3], await Ports.States.FindIdsAsync(tag, null, 3));
        Assert.Equal(names[3..], await Ports.States.FindIdsAsync(tag, names[2], 100));
        await Ports.States.CheckAsync();
    }

    [Fact]
    public async Task States_are_listed_by_what_their_ids_begin_with()
    {
        var prefix = $"{Fresh()}/";
        var names = Enumerable.Range(0, 5).Select(i => $"{prefix}{i}").ToList();
        foreach (var name in names.Append(prefix[..^1]).Append(prefix[..^1] + "0")) // the nearest before and after
            await Ports.Slot(name).SaveAsync(State(1, $"body of {name}"));

        var first = await Ports.States.ListAsync(prefix, null, 3);
        var second = await Ports.States.ListAsync(prefix, first[^1].Id, 3);

        Assert.Equal(names, first.Concat(second).Select(state => state.Id));
        Assert.All(first, state => Assert.Equal(Bytes($"body of {state.Id}"), state.State.Body));
        Assert.Empty(await Ports.States.ListAsync(prefix, names[^1], 3));
    }

    [Theory]
    [InlineData(0, 0)]
    [InlineData(1, 1)]
    [InlineData(3, 3)]
    [InlineData(8, 4)]
    [InlineData(9, 3)] // parts of three
    public async Task What_carries_a_tag_is_cut_into_parts_of_about_the_same_size(int count, int ends)
    {
        var tag = $"tag/{Fresh()}";
        var names = Enumerable.Range(0, count).Select(_ => Fresh()).ToList();
        foreach (var name in names) await Ports.Slot(name).SaveAsync(State(1, "", tag));

        var parts = await Ports.States.DivideAsync(tag, 4);

        Assert.Equal((count, ends), (parts.Count, parts.Ends.Count));
        var size = (count + 3) / 4;
        Assert.Equal(names.Where((_, i) => i % size == size - 1 || i == count - 1), parts.Ends);
    }
}
