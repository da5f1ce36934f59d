namespace SecureUserData.Conformance;

/// <summary>Runs rotations on the fake clock.</summary>
public static class Rotating
{
    public static IRotation RotationOf(this ApplicationActor app) => app.Session.Get(new RotationId(app.Id));

    /// <summary>A whole run, through all its waiting.</summary>
    public static async Task<RotationRun> RotateAsync(this ApplicationActor app, KeyKind key, FakeClock clock)
    {
        await app.RotationOf().StartAsync(key);
        return await app.FinishAsync(clock);
    }

    /// <summary>What is left of the run under way.</summary>
    public static async Task<RotationRun> FinishAsync(this ApplicationActor app, FakeClock clock)
    {
        while (await app.StepAsync(clock))
        {
        }
        return (await app.RotationOf().GetAsync()).Past[0];
    }

    /// <summary>Does what can be done now, and waits for what comes next; false at the end.</summary>
    public static async Task<bool> StepAsync(this ApplicationActor app, FakeClock clock)
    {
        if ((await app.RotationOf().RunAheadAsync()).Current is not { } run) return false;
        Assert.True(run.GoesOn > clock.GetUtcNow(), $"The run neither ends nor waits in {run.Phase}.");
        Assert.Equal(0, run.Failed);
        clock.Advance(run.GoesOn.Value - clock.GetUtcNow());
        return true;
    }

    /// <summary>The versions of a key that are there, newest first.</summary>
    public static async Task<IEnumerable<int>> VersionsAsync(this ApplicationActor app, KeyKind key) =>
        (await app.RotationOf().GetAsync()).Keys.Where(version => version.Kind == key).Select(key => key.Version);
}
