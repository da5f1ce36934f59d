using SecureUserData.Embedded.Hosting;
using SecureUserData.Entities;

namespace SecureUserData.Tests.Hosting;

/// <summary>One call at a time, down only, and nothing of a stranger's text to the outside.</summary>
public sealed class TurnTests
{
    [Fact]
    public async Task Calls_run_one_at_a_time_also_between_their_awaits()
    {
        await using var bench = await HostBench.CreateAsync();
        var (activation, probe) = Probe(bench);
        var calls = Enumerable.Range(0, 200).Select(_ => Post(activation, async _ =>
        {
            probe.Enter();
            for (var i = 0; i < 5; i++)
            {
                await Task.Yield(); // the continuation queues again, behind other work of this activation
                probe.Touch();
            }
            probe.Leave();
        })).ToList();
        await Task.WhenAll(calls);
        Assert.Equal((200, 1_000), (probe.Calls, probe.Touches));
        Assert.Equal(1, probe.MostAtOnce);
    }

    [Fact]
    public async Task Pieces_of_one_call_that_run_side_by_side_never_overlap()
    {
        await using var bench = await HostBench.CreateAsync();
        var (activation, probe) = Probe(bench);
        await Post(activation, async _ =>
        {
            async Task Piece()
            {
                for (var i = 0; i < 100; i++)
                {
                    probe.Enter();
                    Thread.SpinWait(2_000); // long enough for another thread to come in, if one could
                    probe.Leave();
                    await Task.Yield();
                }
            }
            await Task.WhenAll(Piece(), Piece(), Piece(), Piece());
        });
        Assert.Equal((400, 1), (probe.Calls, probe.MostAtOnce));
    }

    [Fact]
    public async Task Calls_keep_their_order()
    {
        await using var bench = await HostBench.CreateAsync();
        var (activation, _) = Probe(bench);
        var order = new List<int>();
        await Task.WhenAll(Enumerable.Range(0, 100).Select(i => Post(activation, async _ =>
        {
            await Task.Yield();
            order.Add(i);
        })));
        Assert.Equal(Enumerable.Range(0, 100), order);
    }

    [Fact]
    public async Task What_goes_over_many_does_not_run_what_it_calls_in_its_own_thread()
    {
        await using var bench = await HostBench.CreateAsync();
        var (subject, _) = Probe(bench);
        var (gathering, _) = Probe(bench, Rank.Overview);
        using var goesOn = new ManualResetEventSlim();
        var wentOn = false;
        await Post(gathering, async _ =>
        {
            var call = Post(subject, _ =>
            {
                wentOn = goesOn.Wait(TimeSpan.FromSeconds(20));
                return Task.CompletedTask;
            });
            goesOn.Set();
            await call;
        });
        Assert.True(wentOn);
    }

    [Fact]
    public async Task A_call_upwards_or_sideways_is_refused_by_rank()
    {
        await using var bench = await HostBench.CreateAsync();
        var (activation, _) = Probe(bench); // a subject, as users and scripts are
        var user = UserId.New();
        Assert.Throws<InvalidOperationException>(() => activation.Get(new InstallationId()));
        Assert.Throws<InvalidOperationException>(() => activation.Get(new OverviewId(user)));
        Assert.Throws<InvalidOperationException>(() => activation.Get(new ConsentId(user, ScriptId.New())));
        Assert.Throws<InvalidOperationException>(() => activation.Get(user));
        Assert.Throws<InvalidOperationException>(() => activation.Get(ScriptId.New()));
        Assert.NotNull(activation.Get(bench.ShopId));
    }

    [Fact]
    public async Task An_exception_that_is_not_ours_reaches_the_caller_without_its_text()
    {
        await using var bench = await HostBench.CreateAsync();
        var (activation, probe) = Probe(bench);
        var failure = await Assert.ThrowsAsync<SecureUserDataException>(
            () => Post(activation, _ => throw new InvalidOperationException("ada@example.org")));
        Assert.Equal(ErrorCode.Unavailable, failure.Code);
        Assert.DoesNotContain("ada@", failure.Message, StringComparison.Ordinal);
        await Post(activation, _ =>
        {
            probe.Enter();
            return Task.CompletedTask;
        });
        Assert.Equal(1, probe.Calls); // and the entity goes on
    }

    private static (Activation Activation, ProbeEntity Probe) Probe(
        HostBench bench, Rank rank = Rank.Subject)
    {
        var probe = new ProbeEntity();
        var kind = new EntityKind(typeof(UserId), typeof(IUser), rank, _ => null, (_, _, _, _) => probe);
        return (new Activation(bench.Host, kind, UserId.New()), probe);
    }

    private static Task Post(Activation activation, Func<IActivation, Task> call)
    {
        var invocation = new EngineInvocation(call);
        Assert.True(activation.TryPost(invocation));
        return invocation.Task;
    }

    private sealed class ProbeEntity : IActivation
    {
        private int _now;

        internal int Calls { get; private set; }

        internal int Touches { get; private set; }

        internal int MostAtOnce { get; private set; }

        internal void Enter()
        {
            MostAtOnce = Math.Max(MostAtOnce, Interlocked.Increment(ref _now));
            Calls++;
        }

        internal void Touch() => Touches++;

        internal void Leave() => Interlocked.Decrement(ref _now);

        public Task ActivateAsync() => Task.CompletedTask;

        public Task UnloadAsync() => Task.CompletedTask;

        public Task WakeAsync() => Task.CompletedTask;

        public void Dispose()
        {
        }
    }
}
