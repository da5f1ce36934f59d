using System.Diagnostics;
using System.Text;
using System.Text.Json;

namespace SecureUserData.Cli.Tests;

/// <summary>sud as people start it: a process.</summary>
public sealed class ProcessTests : IDisposable
{
    private readonly Shell _shell = new();

    [Fact]
    public async Task A_process_keeps_stdout_and_stderr_apart_and_tells_its_end()
    {
        var init = await RunAsync("init", "--json");
        Assert.Equal(0, init.Code);
        JsonDocument.Parse(init.Out);
        Assert.StartsWith("sud: warning: ", init.Error);
        var status = await RunAsync("status", "--json");
        Assert.Equal(0, JsonDocument.Parse(status.Out).RootElement.GetProperty("users").GetInt32());
        Assert.Equal(2, (await RunAsync("nope")).Code);
        Assert.Equal(1, (await RunAsync("init")).Code);
        Assert.Equal(
            UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(_shell.CredentialsFile));
    }

    [Fact]
    public async Task Ctrl_C_ends_an_import_cleanly_and_keeps_what_is_done()
    {
        await RunAsync("init");
        await RunAsync("app", "register", "Clinic", "--unique", "id");
        var csv = new StringBuilder("id,name\n");
        for (var i = 0; i < 200_000; i++) csv.Append($"{i},Somebody\n");
        _shell.File("people.csv", csv.ToString());
        using var import = Start("user", "import", "people.csv", "--claims", "claims.csv");
        while (await import.StandardError.ReadLineAsync(TestContext.Current.CancellationToken) is { } line)
            if (line.StartsWith("importing: ", StringComparison.Ordinal)
                && line.EndsWith(" left", StringComparison.Ordinal))
                break;
        using (var kill = Process.Start("/bin/sh", ["-c", $"kill -INT {import.Id}"])) // what Ctrl-C sends
            await kill.WaitForExitAsync(TestContext.Current.CancellationToken);
        var rest = await import.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        await import.WaitForExitAsync(TestContext.Current.CancellationToken);
        Assert.Equal(130, import.ExitCode);
        Assert.Contains("sud: Stopped", rest);
        var status = (await RunAsync("status", "--json")).Out;
        var users = JsonDocument.Parse(status).RootElement.GetProperty("users").GetInt32();
        Assert.InRange(users, 1, 199_999);
        Assert.Equal(users, File.ReadLines(Path.Combine(_shell.Here, "claims.csv")).Count() - 1);
        Assert.Equal(0, (await RunAsync("log", "verify")).Code);
    }

    [Fact]
    public async Task Bytes_that_are_not_UTF8_on_the_command_line_are_refused()
    {
        using var process = new Process();
        process.StartInfo = Info();
        process.StartInfo.FileName = "/bin/sh"; // .NET itself cannot pass them
        process.StartInfo.ArgumentList.Clear();
        process.StartInfo.ArgumentList.Add("-c");
        process.StartInfo.ArgumentList.Add($"exec dotnet '{Dll}' user create --set \"name=$(printf 'caf\\351')\"");
        var result = await EndAsync(process);
        Assert.Equal(2, result.Code);
        Assert.Contains("not valid UTF-8", result.Error);
    }

    private static string Dll => Path.Combine(AppContext.BaseDirectory, "sud.dll");

    private async Task<(int Code, string Out, string Error)> RunAsync(params string[] args)
    {
        using var process = new Process();
        process.StartInfo = Info(args);
        return await EndAsync(process);
    }

    private static async Task<(int Code, string Out, string Error)> EndAsync(Process process)
    {
        process.Start();
        var output = process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        var error = process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        return (process.ExitCode, await output, await error);
    }

    private Process Start(params string[] args) => Process.Start(Info(args))!;

    private ProcessStartInfo Info(params string[] args)
    {
        var info = new ProcessStartInfo("dotnet")
        {
            WorkingDirectory = _shell.Here, RedirectStandardOutput = true, RedirectStandardError = true,
        };
        info.ArgumentList.Add(Dll);
        foreach (var argument in args) info.ArgumentList.Add(argument);
        info.Environment["XDG_CONFIG_HOME"] = Path.Combine(_shell.Home, ".config");
        foreach (var variable in (string[])["SUD_MASTER_KEY", "SUD_MASTER_KEY_FILE", "SUD_CREDENTIAL"])
            info.Environment.Remove(variable);
        return info;
    }

    public void Dispose() => _shell.Dispose();
}
