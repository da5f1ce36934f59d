namespace SecureUserData.Cli.Tests.Vault;

public sealed class CopyTests : IDisposable
{
    private const string Secret = "correct horse\nbattery staple ";

    /// <summary>Keeps what it is given, and how it was called.</summary>
    private const string Clipboard = "cat > clipboard; echo \"$0 $*\" >> calls";

    private readonly VaultShell _vault = new();

    private string Bin => Path.Combine(_vault.Shell.Here, "bin");

    private string OnClipboard => File.ReadAllText(Path.Combine(_vault.Shell.Here, "clipboard"));

    private string[] Calls => File.ReadAllLines(Path.Combine(_vault.Shell.Here, "calls"));

    [Fact]
    public async Task A_secret_is_on_the_clipboard_for_as_long_as_was_said()
    {
        await DatabaseAsync();
        VaultShell.Program(Bin, "xclip", Clipboard);
        (DateTimeOffset At, string Content) waiting = default;
        var time = new HurryingTime(_vault.Shell.Now) { Waiting = at => waiting = (at, Seen()) };
        _vault.Shell.Time = time;

        var copied = await _vault.DoAsync("copy", "database", "--for", "10s");

        Assert.Equal(Secret, waiting.Content);
        Assert.Equal(waiting.At.AddSeconds(10), time.GetUtcNow());
        Assert.Equal("", OnClipboard);
        Assert.All(Calls, call => Assert.Equal($"{Bin}/xclip -selection clipboard", call));
        Assert.Equal(2, Calls.Length);
        Assert.Contains("for 10 seconds", copied.Error);
        Assert.Contains("empty again", copied.Error);
        Assert.DoesNotContain("horse", copied.Out + copied.Error);
    }

    [Fact]
    public async Task The_clipboard_is_emptied_when_waiting_is_interrupted()
    {
        await DatabaseAsync();
        VaultShell.Program(Bin, "xclip", Clipboard);
        using var interruption = new CancellationTokenSource();
        var seen = "";
        (_vault.Shell.Interruption, _vault.Shell.Time) = (interruption.Token, new StandingTime(_vault.Shell.Now)
        {
            Waiting = due =>
            {
                if (due != TimeSpan.FromSeconds(17)) return;
                seen = Seen();
                interruption.Cancel();
            },
        });

        var copied = await _vault.DoAsync("copy", "database", "--for", "17s");

        Assert.Equal(Secret, seen);
        Assert.Equal("", OnClipboard);
        Assert.Contains("empty again", copied.Error);
    }

    [Fact]
    public async Task The_first_program_that_works_is_taken_and_none_from_the_current_folder()
    {
        await DatabaseAsync();
        Assert.Contains("install one of", (await _vault.RunAsync("copy", "database")).Problem);
        VaultShell.Program(_vault.Shell.Here, "xclip", Clipboard);
        Assert.Contains("install one of", (await _vault.RunAsync("copy", "database")).Problem);
        Assert.False(File.Exists(Path.Combine(_vault.Shell.Here, "calls")));

        VaultShell.Program(Bin, "wl-copy", "exit 3"); // without reading
        Assert.Contains("exit code 3", (await _vault.RunAsync("copy", "database")).Problem);
        VaultShell.Program(Bin, "xsel", Clipboard);
        _vault.Shell.Time = new HurryingTime(_vault.Shell.Now);
        await _vault.DoAsync("copy", "database");
        Assert.All(Calls, call => Assert.Equal($"{Bin}/xsel --clipboard --input", call));
        Assert.Equal("", OnClipboard);
    }

    [Fact]
    public async Task A_command_gets_no_secrets_that_is_not_on_the_path()
    {
        await DatabaseAsync();
        const string Planted = "sud-test-planted";
        foreach (var folder in (string[])[_vault.Shell.Here, Environment.CurrentDirectory])
            VaultShell.Program(folder, Planted, "exit 0");
        try
        {
            Assert.Equal(127, (await _vault.RunAsync("run", "database", "--", Planted)).Code);
            await _vault.DoAsync("run", "database", "--", $"./{Planted}"); // that is meant
        }
        finally
        {
            File.Delete(Path.Combine(Environment.CurrentDirectory, Planted));
        }
    }

    /// <summary>A service with a secret, and a PATH with nothing on it but what the test puts there.</summary>
    private async Task DatabaseAsync()
    {
        await _vault.InitAsync();
        await _vault.DoAsync("group-add", "Operations");
        await _vault.AddServiceAsync("database", Secret, "--group", "Operations");
        _vault.Shell.Variables["PATH"] = $"{Bin}:no/folder";
    }

    private string Seen() => File.Exists(Path.Combine(_vault.Shell.Here, "clipboard")) ? OnClipboard : "";

    public void Dispose() => _vault.Dispose();

    /// <summary>A clock that stands.</summary>
    private sealed class StandingTime(DateTimeOffset now) : TimeProvider
    {
        /// <summary>Called with how long, before each waiting.</summary>
        internal required Action<TimeSpan> Waiting { get; init; }

        public override DateTimeOffset GetUtcNow() => now;

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
        {
            var timer = base.CreateTimer(callback, state, Timeout.InfiniteTimeSpan, period);
            Waiting(dueTime);
            return timer;
        }
    }
}
