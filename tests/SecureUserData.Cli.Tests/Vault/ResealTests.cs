using System.Text;
using SecureUserData.Cli.Console;

namespace SecureUserData.Cli.Tests.Vault;

public sealed class ResealTests : IDisposable
{
    private const int Services = 40;

    private readonly VaultShell _vault = new();

    [Fact]
    public async Task Sealing_anew_that_is_interrupted_goes_on_where_it_was()
    {
        await _vault.InitAsync();
        await _vault.DoAsync("group-add", "Operations");
        var csv = new StringBuilder("name,secret\n");
        for (var i = 0; i < Services; i++) csv.Append($"service {i},secret {i}\n");
        Assert.Equal(0, (await _vault.ImportAsync(csv.ToString())).Code);
        await _vault.JoinAsync("Ada");
        _vault.Sit("Grace");
        await _vault.DoAsync("group-add-user", "Operations", "Ada");

        using var interruption = new CancellationTokenSource();
        _vault.Shell.Time = new TickingTime(_vault.Shell.Now);
        _vault.Shell.Interruption = interruption.Token;
        _vault.Shell.Watching = text =>
        {
            if (text.Contains($" of {Services} (", StringComparison.Ordinal)
                && text.StartsWith("sealing anew: ", StringComparison.Ordinal))
                interruption.Cancel();
        };
        var stopped = await _vault.RunAsync("group-del-user", "Operations", "Ada");
        (_vault.Shell.Time, _vault.Shell.Watching) = (null, null);
        _vault.Shell.Interruption = TestContext.Current.CancellationToken;
        Assert.Equal(130, stopped.Code);
        Assert.Contains("Stopped", stopped.Error);

        var rest = (await _vault.JsonAsync("group-reseal", "Operations")).GetProperty("resealed").GetInt32();
        Assert.InRange(rest, 1, Services - 1);
        Assert.Equal(0, (await _vault.JsonAsync("group-reseal", "Operations")).GetProperty("resealed").GetInt32());
        var group = await _vault.JsonAsync("group-get", "Operations");
        Assert.Equal(2, group.GetProperty("keyVersion").GetInt32()); // the one key that Ada's leaving has made
        Assert.Single(group.GetProperty("members").EnumerateArray());
        foreach (var i in (int[])[0, Services - 1])
            Assert.Equal($"secret {i}", await _vault.SecretAsync($"service {i}"));
    }

    public void Dispose() => _vault.Dispose();

    /// <summary>A clock on which progress is shown whenever somebody looks at it.</summary>
    private sealed class TickingTime(DateTimeOffset now) : TimeProvider
    {
        private Action? _show;

        public override DateTimeOffset GetUtcNow()
        {
            _show?.Invoke();
            return now;
        }

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
        {
            if (callback.Target is ProgressLine) _show = () => callback(state);
            return base.CreateTimer(callback, state, Timeout.InfiniteTimeSpan, period);
        }
    }
}
