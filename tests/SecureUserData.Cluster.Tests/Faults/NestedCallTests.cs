using SecureUserData.Conformance;

namespace SecureUserData.Cluster.Tests.Faults;

/// <summary>A reading is a call of a consent, and in it one of the user beside it. The user's turn is had by one call
/// at a time, whichever way they come.</summary>
public sealed class NestedCallTests(GatedCluster cluster) : EngineConformance(cluster), IClassFixture<GatedCluster>
{
    [Fact]
    public async Task A_users_own_call_waits_for_a_reading_under_way()
    {
        var (user, _, held, reading, own) = await CallDuringReadingAsync();

        held.LetGo();

        Assert.Equal("Ada Lovelace", (await reading).Fields["name"]); // another row had its place otherwise
        await own;
        Assert.Equal("London", (await user.Self.GetAsync()).Fields["city"]);
    }

    [Fact]
    public async Task Who_waited_while_a_reading_failed_is_served_by_the_next_activation()
    {
        var (user, script, held, reading, own) = await CallDuringReadingAsync();

        held.Fail(new IOException("The disk is full of Ada Lovelace."));

        var failure = await RefusedAsync(ErrorCode.Unavailable, () => reading);
        Assert.DoesNotContain("Ada", failure.ToString(), StringComparison.Ordinal);
        await own;
        Assert.Equal("London", (await user.Self.GetAsync()).Fields["city"]);
        Assert.Equal("Ada Lovelace", (await script.ReadAsync(user, "name")).Fields["name"]);
    }

    /// <summary>A reading whose row is held back, and a call of the user's own that has come since.</summary>
    private async Task<(UserActor User, ScriptActor Script, HeldRow Held, Task<Reading> Reading, Task Own)>
        CallDuringReadingAsync()
    {
        var app = await RegisterAsync();
        var script = await AddScriptAsync(app);
        var user = await AddUserAsync(app);
        await user.To(script).GiveAsync();
        await script.ReadAsync(user, "name"); // both are active
        var held = cluster.HoldNextRow();
        var reading = script.ReadAsync(user, "name");
        await held.Reached;
        var own = user.Self.SetFieldAsync("city", "London");
        await OthersCallAsync();
        return (user, script, held, reading, own);
    }

    /// <summary>Time enough for a call that does not wait.</summary>
    private async Task OthersCallAsync()
    {
        var other = await AddUserAsync(await RegisterAsync());
        for (var i = 0; i < 20; i++) await other.Self.SetFieldAsync("city", $"city {i}");
    }
}
