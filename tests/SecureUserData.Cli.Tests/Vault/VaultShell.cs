using System.Text;
using System.Text.Json;

namespace SecureUserData.Cli.Tests.Vault;

/// <summary>People at machines of their own, with one vault between them.</summary>
internal sealed class VaultShell : IDisposable
{
    internal const string Passphrase = "a horse that is correct";

    internal Shell Shell { get; } = new();

    /// <summary>The key files of all machines.</summary>
    internal string[] KeyFiles => Directory.GetFiles(Shell.Home, "vusr_*.key", SearchOption.AllDirectories);

    /// <summary>Founded by Grace.</summary>
    internal async Task InitAsync()
    {
        await MakeInstallationAsync();
        await DoAsync("init", "--admin", "Grace");
    }

    /// <summary>An installation whose operator Grace is, without a vault.</summary>
    internal async Task MakeInstallationAsync()
    {
        Shell.Variables["PATH"] = Environment.GetEnvironmentVariable("PATH")!;
        Shell.Variables["SUD_MASTER_KEY"] = Cryptography.MasterKeyRing.Generate();
        Shell.Variables["SUD_VAULT_PASSPHRASE_FILE"] = Shell.File("passphrase.txt", Passphrase + "\n");
        File.SetUnixFileMode(Path.Combine(Shell.Here, "passphrase.txt"), UnixFileMode.UserRead);
        Sit("Grace");
        await Shell.DoAsync("init");
    }

    /// <summary>Somebody else sits down, at another machine.</summary>
    internal void Sit(string name) => Shell.Variables["XDG_CONFIG_HOME"] = Path.Combine(Shell.Home, name);

    internal async Task JoinAsync(string name, params string[] options)
    {
        Sit("Grace");
        var invitation = (await JsonAsync(["user-add", name, .. options])).GetProperty("invitation").GetString()!;
        Sit(name);
        var result = await InputAsync(invitation, "setup");
        Assert.True(result.Code == 0, result.Error);
    }

    internal Task<Result> RunAsync(params string[] args) => Shell.RunAsync(["vault", .. args]);

    internal Task<Result> InputAsync(string input, params string[] args) =>
        Shell.RunAsync(Encoding.UTF8.GetBytes(input), ["vault", .. args]);

    internal Task<Result> DoAsync(params string[] args) => Shell.DoAsync(["vault", .. args]);

    internal Task<JsonElement> JsonAsync(params string[] args) => Shell.JsonAsync(["vault", .. args]);

    /// <summary>Adds a service.</summary>
    internal async Task AddServiceAsync(string name, string secret, params string[] options)
    {
        var result = await InputAsync(secret, ["service-add", name, "--secret-stdin", .. options]);
        Assert.True(result.Code == 0, result.Error);
    }

    /// <summary>Adds services from a file, to the group Operations.</summary>
    internal Task<Result> ImportAsync(string csv, params string[] options)
    {
        Shell.File("services.csv", csv);
        File.SetUnixFileMode(Path.Combine(Shell.Here, "services.csv"), UnixFileMode.UserRead | UnixFileMode.UserWrite);
        return RunAsync(["service-import", "services.csv", "--group", "Operations", .. options]);
    }

    /// <summary>Runs it, and presses Ctrl-C as soon as it shows how many are done.</summary>
    internal async Task<Result> StopAsync(string progress, params string[] args)
    {
        using var interruption = new CancellationTokenSource();
        var before = Shell.Interruption;
        (Shell.Interruption, Shell.Time) = (interruption.Token, new TickingTime(Shell.Now));
        Shell.Watching = text =>
        {
            if (text.StartsWith(progress, StringComparison.Ordinal) && text.Contains(" of ", StringComparison.Ordinal))
                interruption.Cancel();
        };
        var stopped = await RunAsync(args);
        (Shell.Interruption, Shell.Time, Shell.Watching) = (before, null, null);
        return stopped;
    }

    /// <summary>A program, which is a shell script.</summary>
    /// <returns>The folder that it is in.</returns>
    internal static string Program(string folder, string name, string script)
    {
        var path = Path.Combine(Directory.CreateDirectory(folder).FullName, name);
        File.WriteAllText(path, $"#!/bin/sh\n{script}\n");
        File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        return folder;
    }

    /// <summary>The newest secret of a service.</summary>
    internal async Task<string?> SecretAsync(string service) =>
        (await JsonAsync("show", service, "--secret")).GetProperty("services").EnumerateArray().Last()
            .GetProperty("secret").GetString();

    public void Dispose() => Shell.Dispose();
}
