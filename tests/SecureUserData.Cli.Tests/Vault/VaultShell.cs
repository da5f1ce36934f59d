using System.Text;
using System.Text.Json;

namespace SecureUserData.Cli.Tests.Vault;

/// <summary>People at machines of their own, with one vault between them.</summary>
internal sealed class VaultShell : IDisposable
{
    internal const string Passphrase = "a horse that is correct";

    internal Shell Shell { get; } = new();

    /// <summary>Founded by Grace.</summary>
    internal async Task InitAsync()
    {
        Shell.Variables["SUD_MASTER_KEY"] = Cryptography.MasterKeyRing.Generate();
        Shell.Variables["SUD_VAULT_PASSPHRASE_FILE"] = Shell.File("passphrase.txt", Passphrase + "\n");
        File.SetUnixFileMode(Path.Combine(Shell.Here, "passphrase.txt"), UnixFileMode.UserRead);
        Sit("Grace");
        await Shell.DoAsync("init");
        await DoAsync("init", "--admin", "Grace");
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

    /// <summary>The newest secret of a service.</summary>
    internal async Task<string?> SecretAsync(string service) =>
        (await JsonAsync("show", service, "--secret")).GetProperty("services").EnumerateArray().Last()
            .GetProperty("secret").GetString();

    public void Dispose() => Shell.Dispose();
}
