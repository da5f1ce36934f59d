using System.Diagnostics;
using System.Net;
using System.Security.Cryptography;
using MongoDB.Driver;
using SecureUserData.Client;
using SecureUserData.Cluster.Mongo;
using SecureUserData.Cluster.Tests.Mongo;
using SecureUserData.Cryptography;

namespace SecureUserData.Cluster.Tests.Silo;

/// <summary>The program <c>silo</c> as people start it, on databases of its own.</summary>
internal sealed class SiloProgram : IAsyncDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("sud-silo-").FullName;
    private readonly string _database = $"sud_test_{RandomNumberGenerator.GetHexString(16, lowercase: true)}";
    private readonly int[] _ports = FreePort.Find(3);
    private Process? _running;

    internal SiloProgram()
    {
        MongoOptions = new MongoOptions(MongoServer.ConnectionString, _database);
        using var key = new FileStream(KeyFile, new FileStreamOptions
        {
            Mode = FileMode.CreateNew,
            Access = FileAccess.Write,
            UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite,
        });
        key.Write(System.Text.Encoding.ASCII.GetBytes(MasterKeyRing.Generate()));
    }

    internal MongoOptions MongoOptions { get; }

    internal string KeyFile => Path.Combine(_folder, "master.key");

    internal string CredentialFile => Path.Combine(_folder, "operator.credential");

    internal Credential Operator => new(File.ReadAllText(CredentialFile).Trim());

    /// <summary>What else stands in the environment of each process.</summary>
    internal Dictionary<string, string> Settings { get; } = [];

    internal IPEndPoint Gateway => new(IPAddress.Loopback, _ports[1]);

    /// <summary>Runs a command to its end.</summary>
    internal async Task<(int Code, string Out, string Error)> RunAsync(params string[] args)
    {
        using var process = Process.Start(Info(args))!;
        var output = process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        var error = process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        return (process.ExitCode, await output, await error);
    }

    /// <summary>Starts a silo, and returns once it says that it is active.</summary>
    internal async Task StartAsync()
    {
        _running = Process.Start(Info("run"))!;
        while (await _running.StandardOutput.ReadLineAsync(TestContext.Current.CancellationToken) is { } line)
            if (line.Contains("is active", StringComparison.Ordinal)) return;
        Assert.Fail($"The silo has not started: {await _running.StandardError.ReadToEndAsync()}");
    }

    /// <summary>Asks the silo to end as an orchestrator does.</summary>
    /// <returns>The exit code, and what it had to say.</returns>
    internal async Task<(int Code, string Out)> TerminateAsync()
    {
        using (var kill = Process.Start("/bin/sh", ["-c", $"kill -TERM {_running!.Id}"]))
            await kill.WaitForExitAsync();
        var rest = await _running.StandardOutput.ReadToEndAsync();
        await _running.WaitForExitAsync();
        using (_running)
        {
            var code = _running.ExitCode;
            _running = null;
            return (code, rest);
        }
    }

    internal Task<SecureUserDataClient> ConnectAsync() => SecureUserDataClient.ConnectAsync(
        new() { Gateways = [Gateway] }, TestContext.Current.CancellationToken);

    internal async Task<(HttpStatusCode Status, string Text)> GetHealthAsync(string path)
    {
        using var http = new HttpClient();
        using var answer = await http.GetAsync($"http://127.0.0.1:{_ports[2]}/{path}");
        return (answer.StatusCode, (await answer.Content.ReadAsStringAsync()).Trim());
    }

    private ProcessStartInfo Info(params string[] args)
    {
        var info = new ProcessStartInfo("dotnet", [Path.Combine(AppContext.BaseDirectory, "silo.dll"), .. args])
        {
            WorkingDirectory = _folder,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        info.Environment["SUD_MASTER_KEY_FILE"] = KeyFile;
        info.Environment["SUD_MongoDB__ConnectionString"] = MongoOptions.ConnectionString;
        info.Environment["SUD_MongoDB__Database"] = _database;
        info.Environment["SUD_Silo__Port"] = $"{_ports[0]}";
        info.Environment["SUD_Silo__GatewayPort"] = $"{_ports[1]}";
        info.Environment["SUD_Health__Port"] = $"{_ports[2]}";
        foreach (var (name, value) in Settings) info.Environment[name] = value;
        return info;
    }

    public async ValueTask DisposeAsync()
    {
        if (_running is not null)
        {
            _running.Kill();
            await _running.WaitForExitAsync();
            _running.Dispose();
        }
        using var client = new MongoClient(MongoOptions.ConnectionString);
        foreach (var database in (string[])[_database, _database + "_erasures", _database + "_cluster"])
            await client.DropDatabaseAsync(database);
        Directory.Delete(_folder, recursive: true);
    }
}
