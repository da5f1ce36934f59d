using System.Diagnostics;
using System.Text;
using SecureUserData.Cryptography;
using SecureUserData.Embedded;
using SecureUserData.Tests.Integrity;

namespace SecureUserData.Tests.Hosting;

/// <summary>A process that is killed in the middle of writes loses nothing that it has acknowledged.</summary>
public sealed class KillTests
{
    private const string FolderVariable = "SUD_TEST_KILL_FOLDER";
    private const string CredentialVariable = "SUD_TEST_KILL_CREDENTIAL";
    private const string UserVariable = "SUD_TEST_KILL_USER";

    [Fact]
    public async Task Nothing_acknowledged_is_lost_when_the_process_is_killed()
    {
        using var folder = new DataFolder();
        var created = await EmbeddedEngine.CreateAsync(folder.Path, MasterKeyRing.Parse(DataFolder.Masters));
        Credential shop, ada;
        UserId user;
        await using (var engine = created.Engine)
        {
            var registered = await (await engine.SignInAsync(created.OperatorCredential))
                .RegisterApplicationAsync(new ApplicationSettings("shop"));
            shop = registered.Credential;
            var createdUser = await (await engine.SignInAsync(shop))
                .CreateUserAsync(new Dictionary<string, string> { ["name"] = "ada" });
            (user, ada) = (createdUser.Id, await engine.ClaimAsync(createdUser.ClaimCode));
        }
        var acknowledged = new List<(RecordId Record, string Text)>();
        foreach (var writes in (int[])[1, 40, 150])
        {
            acknowledged.AddRange(await WriteAndKillAsync(folder, shop, user, writes));
            await using var engine = await folder.OpenAsync();
            var verified = await engine.VerifyLogAsync(null, TestContext.Current.CancellationToken);
            Assert.True(verified.Entries > acknowledged.Count);
            var own = (await engine.SignInAsync(ada)).Get(user);
            foreach (var (record, text) in acknowledged)
                Assert.Equal(text, (await own.GetRecordAsync("messages", record)).Content.AsText());
        }
    }

    /// <summary>What the killed process does: it writes without end and says what was acknowledged.</summary>
    [Fact(Explicit = true)]
    public async Task Write_until_killed()
    {
        var folder = Environment.GetEnvironmentVariable(FolderVariable);
        if (folder is null) return; // only the test above gives it one
        var user = UserId.Parse(Environment.GetEnvironmentVariable(UserVariable));
        await using var engine = await EmbeddedEngine.OpenAsync(folder, MasterKeyRing.Parse(DataFolder.Masters));
        var shop = await engine.SignInAsync(new Credential(Environment.GetEnvironmentVariable(CredentialVariable)!));
        await using var output = Console.OpenStandardOutput();
        await Task.WhenAll(Enumerable.Range(0, 4).Select(async writer =>
        {
            for (var i = 0; ; i++)
            {
                var text = $"{Environment.ProcessId}-{writer}-{i}";
                var record = await shop.Get(user).PutRecordAsync("messages", RecordContent.Text(text));
                var line = Encoding.ASCII.GetBytes($"\nacknowledged {record} {text}\n");
                lock (output)
                {
                    output.Write(line);
                    output.Flush();
                }
            }
        }));
    }

    private static async Task<List<(RecordId, string)>> WriteAndKillAsync(
        DataFolder folder, Credential shop, UserId user, int writes)
    {
        var start = new ProcessStartInfo(Environment.ProcessPath!) { RedirectStandardOutput = true };
        if (Path.GetFileNameWithoutExtension(Environment.ProcessPath) == "dotnet")
            start.ArgumentList.Add(typeof(KillTests).Assembly.Location);
        foreach (var argument in (string[])
            ["-method", $"{typeof(KillTests).FullName}.{nameof(Write_until_killed)}", "-explicit", "only"])
            start.ArgumentList.Add(argument);
        start.Environment[FolderVariable] = folder.Path;
        start.Environment[CredentialVariable] = shop.Reveal();
        start.Environment[UserVariable] = user.ToString();
        using var child = Process.Start(start)!;
        var acknowledged = new List<(RecordId, string)>();
        while (await child.StandardOutput.ReadLineAsync(TestContext.Current.CancellationToken) is { } line)
        {
            var words = line.Split(' ');
            if (words is not ["acknowledged", var record, var text]) continue;
            acknowledged.Add((RecordId.Parse(record), text));
            if (acknowledged.Count == writes)
                child.Kill(); // SIGKILL; what it had written to the pipe is read to the end
        }
        await child.WaitForExitAsync(TestContext.Current.CancellationToken);
        Assert.True(acknowledged.Count >= writes, $"the child ended after {acknowledged.Count} writes");
        return acknowledged;
    }
}
