using System.Text;
using System.Text.Json;

[assembly: System.Runtime.Versioning.UnsupportedOSPlatform("windows")] // file modes are looked at

namespace SecureUserData.Cli.Tests;

/// <summary>A home, a current folder and an environment of one's own, in which sud runs in this process.</summary>
internal sealed class Shell : IDisposable
{
    private readonly string _root = Directory.CreateTempSubdirectory("sud-cli-").FullName;

    internal Shell()
    {
        Home = Directory.CreateDirectory(Path.Combine(_root, "home")).FullName;
        Here = Directory.CreateDirectory(Path.Combine(_root, "here")).FullName;
    }

    internal Dictionary<string, string> Variables { get; } = [];

    internal string Home { get; }

    internal string Here { get; }

    internal string Data => Path.Combine(Here, "sud-data");

    internal string Configuration => Path.Combine(Home, ".config", "sud");

    internal string CredentialsFile => Assert.Single(Directory.GetFiles(Path.Combine(Configuration, "credentials")));

    internal DateTimeOffset Now { get; set; } = new(2031, 4, 5, 6, 7, 8, TimeSpan.Zero);

    /// <summary>The clock; null for one that stands at <see cref="Now"/>.</summary>
    internal TimeProvider? Time { get; set; }

    /// <summary>What Ctrl-C cancels.</summary>
    internal CancellationToken Interruption { get; set; } = TestContext.Current.CancellationToken;

    internal bool InIsTerminal { get; set; }

    internal bool OutIsTerminal { get; set; }

    /// <summary>Sees what is written to stderr as it is written; null for nobody.</summary>
    internal Action<string>? Watching { get; set; }

    /// <summary>The lines that are typed where they are not shown.</summary>
    internal Queue<string> Typed { get; } = [];

    /// <summary>A file in the current folder.</summary>
    internal string File(string name, byte[] content)
    {
        System.IO.File.WriteAllBytes(Path.Combine(Here, name), content);
        return name;
    }

    internal string File(string name, string content) => File(name, Encoding.UTF8.GetBytes(content));

    internal Task<Result> RunAsync(params string[] args) => RunAsync([], args);

    internal async Task<Result> RunAsync(byte[] input, params string[] args)
    {
        using var output = new MemoryStream();
        using var error = new WatchedStream(Watching);
        var around = new Surroundings
        {
            KeyFileRounds = 100_000, // the fewest that a key file may have
            Variable = name => Variables.GetValueOrDefault(name),
            CurrentFolder = Here,
            Home = Home,
            In = new MemoryStream(input),
            Out = output,
            Error = error,
            InIsTerminal = InIsTerminal,
            OutIsTerminal = OutIsTerminal,
            ReadHidden = () => Typed.TryDequeue(out var line) ? line : null,
            Time = Time ?? new FixedTime(Now),
        };
        var code = await Program.RunAsync(args, around, Interruption);
        return new Result(code, output.ToArray(), Encoding.UTF8.GetString(error.ToArray()));
    }

    /// <summary>Runs it and sees it succeed.</summary>
    internal async Task<Result> DoAsync(params string[] args)
    {
        var result = await RunAsync(args);
        Assert.True(result.Code == 0, $"sud {string.Join(' ', args)}: {result.Code} {result.Error}");
        return result;
    }

    /// <summary>Runs it with --json and sees nothing else on stdout.</summary>
    internal async Task<JsonElement> JsonAsync(params string[] args) => (await DoAsync([.. args, "--json"])).Json;

    /// <summary>An installation with the application City Clinic and the users ada and bob, who have claimed.</summary>
    internal async Task SetUpAsync()
    {
        await DoAsync("init");
        await DoAsync("app", "register", "City Clinic", "--unique", "email", "--index", "surname");
        foreach (var name in (string[])["ada", "bob"])
        {
            await DoAsync(
                "user", "create", "--set", $"email={name}@example.org", "--set", "surname=Lovelace", "--set",
                $"phone=+44 20 5550 {name}", "--save-as", name);
            await DoAsync("user", "claim", name);
        }
        await DoAsync(
            "script", "register", "--name", "Newsletter", "--purpose", "Send the monthly letter", "--basis", "consent",
            "--fields", "email,surname", "--collections", "letters");
    }

    public void Dispose() => Directory.Delete(_root, recursive: true);

    private sealed class WatchedStream(Action<string>? watching) : MemoryStream
    {
        public override void Write(byte[] buffer, int offset, int count) // the other ones end here
        {
            base.Write(buffer, offset, count);
            watching?.Invoke(Encoding.UTF8.GetString(buffer, offset, count));
        }
    }

    private sealed class FixedTime(DateTimeOffset now) : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => now;
    }
}

/// <summary>How a run ended.</summary>
internal sealed record Result(int Code, byte[] Bytes, string Error)
{
    internal string Out => Encoding.UTF8.GetString(Bytes);

    internal JsonElement Json => JsonDocument.Parse(Bytes).RootElement;

    /// <summary>What went wrong: one line, and no stack trace.</summary>
    internal string Problem
    {
        get
        {
            var lines = Error.Split('\n', StringSplitOptions.RemoveEmptyEntries);
            Assert.DoesNotContain(lines, line => line.StartsWith("   at ", StringComparison.Ordinal));
            return Assert.Single(lines, line => !line.StartsWith("sud: warning: ", StringComparison.Ordinal));
        }
    }
}
