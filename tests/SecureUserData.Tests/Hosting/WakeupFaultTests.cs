using System.Diagnostics;
using SecureUserData.Embedded.Hosting;

namespace SecureUserData.Tests.Hosting;

/// <summary>Whoever has something to do later is woken, whatever fails meanwhile and whatever the clock says.</summary>
public sealed class WakeupFaultTests : IAsyncLifetime
{
    private static readonly TimeSpan Day = TimeSpan.FromDays(1);
    private static readonly TimeSpan HalfAMillisecond = TimeSpan.FromMicroseconds(500);

    private HostBench _bench = null!;
    private WakeupLoop _loop = null!;

    public async ValueTask InitializeAsync()
    {
        _bench = await HostBench.CreateAsync();
        _loop = new WakeupLoop(_bench.Host, _bench.Wakeups, _bench.Clock);
    }

    [Fact]
    public async Task A_rotation_that_is_called_a_part_of_a_millisecond_too_early_goes_on()
    {
        await _bench.UserAsync();
        _bench.Clock.Advance(HalfAMillisecond);
        var rotation = _bench.Shop.Get(new RotationId(_bench.ShopId));
        var goesOn = (await rotation.StartAsync(KeyKind.Application)).Current!.GoesOn!.Value;

        await AdvanceAsync(goesOn - _bench.Clock.GetUtcNow() - HalfAMillisecond);
        for (var hour = 0; hour < 20; hour++) await AdvanceAsync(TimeSpan.FromHours(1));

        Assert.Null((await rotation.GetAsync()).Current);
    }

    [Fact]
    public async Task An_expiry_is_on_record_also_when_the_call_came_a_part_of_a_millisecond_too_early()
    {
        var consent = await ConsentAsync();
        await consent.GiveAsync(_bench.Clock.GetUtcNow() + Day + HalfAMillisecond);

        await AdvanceAsync(Day);
        Assert.Equal(ConsentStatus.Given, (await consent.GetAsync()).History[^1].Status);
        await AdvanceAsync(Day);

        Assert.Equal(ConsentStatus.Expired, (await consent.GetAsync()).History[^1].Status);
    }

    [Fact]
    public async Task A_consent_ends_when_it_would_have_if_another_decision_is_not_on_record()
    {
        var consent = await ConsentAsync();
        await consent.GiveAsync(_bench.Clock.GetUtcNow() + Day);
        _bench.Ports.Next = FailingPorts.Failure.BeforeAppending;
        await Assert.ThrowsAsync<SecureUserDataException>(() => consent.GiveAsync());

        await AdvanceAsync(Day);

        Assert.Equal(ConsentStatus.Expired, (await consent.GetAsync()).History[^1].Status);
    }

    [Fact]
    public async Task A_consent_that_was_given_for_longer_ends_then()
    {
        var consent = await ConsentAsync();
        await consent.GiveAsync(_bench.Clock.GetUtcNow() + Day);
        await consent.GiveAsync(_bench.Clock.GetUtcNow() + (3 * Day));

        await AdvanceAsync(Day);
        Assert.Equal(ConsentStatus.Given, (await consent.GetAsync()).History[^1].Status);
        await AdvanceAsync(2 * Day);

        Assert.Equal(ConsentStatus.Expired, (await consent.GetAsync()).History[^1].Status);
    }

    [Fact]
    public async Task A_consent_that_was_given_for_less_ends_then()
    {
        var consent = await ConsentAsync();
        await consent.GiveAsync(_bench.Clock.GetUtcNow() + (3 * Day));
        await consent.GiveAsync(_bench.Clock.GetUtcNow() + Day);

        await AdvanceAsync(Day);

        Assert.Equal(ConsentStatus.Expired, (await consent.GetAsync()).History[^1].Status);
    }

    [Fact]
    public async Task A_rotation_of_the_master_key_whose_first_slice_fails_goes_on()
    {
        var rotation = (await _bench.SignInAsync(_bench.Operator)).Get(new MasterRotationId());
        _bench.Ports.Next = FailingPorts.Failure.BeforePurging;
        await Assert.ThrowsAsync<SecureUserDataException>(() => rotation.StartAsync());
        Assert.NotNull((await rotation.GetAsync()).Current);

        await AdvanceAsync(Day);

        var report = await rotation.GetAsync();
        Assert.Null(report.Current);
        Assert.Equal(RotationPhase.Finished, Assert.Single(report.Past).Phase);
    }

    private async Task<IConsent> ConsentAsync()
    {
        var (user, _, credential) = await _bench.UserAsync();
        var script = await _bench.Shop.RegisterScriptAsync(
            new ScriptText("Letters", "Write", LegalBasis.Consent) { Fields = ["name"] });
        return (await _bench.SignInAsync(credential)).Get(new ConsentId(user, script.Id));
    }

    /// <summary>Lets time pass, and then everybody be woken who is due.</summary>
    private async Task AdvanceAsync(TimeSpan time)
    {
        _bench.Clock.Advance(time);
        var watch = Stopwatch.StartNew();
        while (_bench.Due().Any())
        {
            Assert.True(watch.Elapsed < TimeSpan.FromSeconds(30), "there is no end of who is due");
            await _loop.RunAsync();
            await Task.Yield(); // the clock may have started it too
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _loop.DisposeAsync();
        await _bench.DisposeAsync();
    }
}
