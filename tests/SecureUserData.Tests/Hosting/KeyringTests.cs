using SecureUserData.Conformance;
using SecureUserData.Access;
using SecureUserData.Applications;
using SecureUserData.Cryptography;
using SecureUserData.Entities;
using SecureUserData.Tests.Integrity;

namespace SecureUserData.Tests.Hosting;

public sealed class KeyringTests
{
    private static readonly AppId App = AppId.New();
    private readonly FakeClock _clock = new();
    private readonly MasterKeyRing _masters = MasterKeyRing.Parse(DataFolder.Masters);

    [Fact]
    public async Task Keys_leave_within_five_minutes_and_are_zeroed()
    {
        using var keyring = new Keyring(_masters, _clock);
        var wrapped = WrappedKeys.Make(App, new ApplicationSettings("shop"), _masters, 1);
        var buffers = Buffers(await RentAndReturnAsync(keyring, wrapped));
        _clock.Advance(TimeSpan.FromMinutes(4));
        Assert.Same(buffers[0], Buffers(await RentAndReturnAsync(keyring, wrapped))[0]); // asking does not prolong it
        Assert.All(buffers, buffer => Assert.Contains(buffer, b => b != 0));
        _clock.Advance(TimeSpan.FromMinutes(1));
        Assert.All(buffers, buffer => Assert.DoesNotContain(buffer, b => b != 0));
        var again = Buffers(await RentAndReturnAsync(keyring, wrapped));
        Assert.NotSame(buffers[0], again[0]);
        Assert.All(again, buffer => Assert.Contains(buffer, b => b != 0));
    }

    [Fact]
    public async Task Keys_that_came_between_two_sweeps_do_not_stay_longer()
    {
        using var keyring = new Keyring(_masters, _clock);
        _clock.Advance(TimeSpan.FromSeconds(7));
        var wrapped = WrappedKeys.Make(App, new ApplicationSettings("shop"), _masters, 1);
        var buffers = Buffers(await RentAndReturnAsync(keyring, wrapped));
        _clock.Advance(Keyring.Lifetime);
        Assert.All(buffers, buffer => Assert.DoesNotContain(buffer, b => b != 0));
    }

    [Fact]
    public async Task Keys_in_use_are_zeroed_only_when_the_last_one_is_done_with_them()
    {
        using var keyring = new Keyring(_masters, _clock);
        var wrapped = WrappedKeys.Make(App, new ApplicationSettings("shop"), _masters, 1);
        var one = await keyring.RentAsync(App, () => Task.FromResult(wrapped));
        var other = await keyring.RentAsync(App, () => Task.FromResult(wrapped));
        var buffers = Buffers(one.Keys);
        _clock.Advance(TimeSpan.FromMinutes(10));
        keyring.Dispose();
        one.Dispose();
        Assert.All(buffers, buffer => Assert.Contains(buffer, b => b != 0));
        other.Dispose();
        Assert.All(buffers, buffer => Assert.DoesNotContain(buffer, b => b != 0));
    }

    [Fact]
    public async Task Keys_are_zeroed_when_the_keyring_is_disposed()
    {
        var keyring = new Keyring(_masters, _clock);
        var buffers = Buffers(await RentAndReturnAsync(
            keyring, WrappedKeys.Make(App, new ApplicationSettings("shop"), _masters, 1)));
        keyring.Dispose();
        Assert.All(buffers, buffer => Assert.DoesNotContain(buffer, b => b != 0));
    }

    [Fact]
    public async Task Keys_that_were_forgotten_while_they_were_loaded_are_loaded_again()
    {
        using var keyring = new Keyring(_masters, _clock);
        var old = WrappedKeys.Make(App, new ApplicationSettings("shop"), _masters, 1);
        var context = new SlowContext();
        var rent = keyring.RentAsync(App, context);
        keyring.Forget(App);
        context.Loads[0].SetResult(old);
        context.Loads[1].SetResult(
            old.Announce(WrappedKeys.State, _masters, _clock.GetUtcNow()).Use(WrappedKeys.State, _masters));

        using var lease = await rent;
        using var again = await keyring.RentAsync(App, context);

        Assert.Equal(2, lease.Keys.State.CurrentVersion);
        Assert.Same(lease.Keys, again.Keys);
    }

    private static async Task<ApplicationKeys> RentAndReturnAsync(Keyring keyring, WrappedKeys wrapped)
    {
        using var lease = await keyring.RentAsync(App, () => Task.FromResult(wrapped));
        return lease.Keys;
    }

    /// <summary>Gives an application whose answers the test decides on.</summary>
    private sealed class SlowContext : IEntityContext
    {
        private int _next;

        internal TaskCompletionSource<WrappedKeys>[] Loads { get; } = [new(), new()];

        public Caller Caller => Caller.System;

        public TEntity Get<TEntity>(IEntityId<TEntity> id) where TEntity : class, IEntity =>
            throw new NotSupportedException();

        public TInternals Internal<TInternals>(IEntityId id) where TInternals : class, IEntityInternals =>
            (TInternals)SlowApplication.Create(() => Loads[_next++].Task);

        public void RequestUnload()
        {
        }

        public Task StepBackAsync() => Task.CompletedTask;
    }

    /// <summary>Answers <see cref="IApplicationInternals.GetWrappedKeysAsync"/> and nothing else.</summary>
    public class SlowApplication : System.Reflection.DispatchProxy
    {
        private Func<Task<WrappedKeys>> _load = null!;

        internal static IApplicationInternals Create(Func<Task<WrappedKeys>> load)
        {
            var proxy = Create<IApplicationInternals, SlowApplication>();
            ((SlowApplication)(object)proxy)._load = load;
            return proxy;
        }

        protected override object? Invoke(System.Reflection.MethodInfo? targetMethod, object?[]? args) =>
            targetMethod!.Name == nameof(IApplicationInternals.GetWrappedKeysAsync)
                ? _load()
                : throw new NotSupportedException();
    }

    private static byte[][] Buffers(ApplicationKeys keys) =>
        [keys.Key.Current.Buffer, keys.Index.Current.Buffer, keys.Log.Current.Buffer, keys.State.Current.Buffer];
}
