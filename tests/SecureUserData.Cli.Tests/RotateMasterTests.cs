using System.Text.Json;
using SecureUserData.Cli.Keys;
using SecureUserData.Cryptography;

namespace SecureUserData.Cli.Tests;

/// <summary>The rotation of the master key from the command line, and what it does with the key file.</summary>
public sealed class RotateMasterTests : IDisposable
{
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    private readonly Shell _shell = new();

    private string TrialKey => Assert.Single(Directory.GetFiles(Path.Combine(_shell.Configuration, "keys")));

    [Fact]
    public async Task A_new_key_comes_first_everything_is_moved_and_the_old_one_is_dropped()
    {
        await _shell.SetUpAsync();
        var before = File.ReadAllText(TrialKey);

        var rotated = await _shell.DoAsync("rotate", "master", "--new-key");

        Assert.Contains($"Version 2 is in {TrialKey}.", rotated.Error);
        Assert.Contains("master key, version 1 to 2\n", rotated.Out);
        Assert.Contains("Moved      1 application\n", rotated.Out);
        Assert.Contains("Version 1 may leave the ring: 'sud rotate master --drop-old' removes it", rotated.Out);
        var both = File.ReadAllText(TrialKey);
        Assert.StartsWith("2:", both, StringComparison.Ordinal);
        Assert.EndsWith($",{before}", both, StringComparison.Ordinal);
        Assert.Equal(OwnerOnly, File.GetUnixFileMode(TrialKey));

        var dropped = await _shell.JsonAsync("rotate", "master", "--drop-old");

        Assert.Equal(1, Assert.Single(dropped.GetProperty("removed").EnumerateArray()).GetInt32());
        Assert.Equal(both[..both.IndexOf(',')] + "\n", File.ReadAllText(TrialKey));
        Assert.Equal(OwnerOnly, File.GetUnixFileMode(TrialKey));
        Assert.Contains("ada@example.org", (await _shell.DoAsync("user", "show", "--as", "ada")).Out);
        await _shell.DoAsync("log", "verify");
        Assert.Contains("has no old key", (await _shell.RunAsync("rotate", "master", "--drop-old")).Problem);
    }

    [Fact]
    public async Task The_file_that_is_named_is_changed_behind_its_link_and_keeps_what_else_is_in_it()
    {
        var old = MasterKeyRing.Generate(4);
        _shell.File("real.key", $"  {old} ,\n\n");
        var real = Path.Combine(_shell.Here, "real.key");
        File.SetUnixFileMode(real, OwnerOnly);
        File.CreateSymbolicLink(Path.Combine(_shell.Here, "link.key"), real);
        _shell.Variables["SUD_MASTER_KEY_FILE"] = "link.key";
        await _shell.SetUpAsync();

        await _shell.DoAsync("rotate", "master", "--new-key");

        Assert.Equal(real, new FileInfo(Path.Combine(_shell.Here, "link.key")).LinkTarget);
        var both = File.ReadAllText(real);
        Assert.StartsWith("5:", both, StringComparison.Ordinal);
        Assert.EndsWith($",  {old} ,\n\n", both, StringComparison.Ordinal);
        Assert.Equal(2, Directory.GetFiles(_shell.Here).Length); // nothing unfinished
        await _shell.DoAsync("rotate", "master", "--drop-old");
        Assert.Equal(both[..both.IndexOf(',')] + ",\n\n", File.ReadAllText(real));
    }

    [Fact]
    public async Task One_key_alone_has_nothing_to_go_to()
    {
        await _shell.SetUpAsync();

        var refused = await _shell.RunAsync("rotate", "master");

        Assert.Equal(1, refused.Code);
        Assert.Contains("has one key, version 1", refused.Problem);
        Assert.Contains("'sud rotate master --new-key'", refused.Problem);
    }

    [Fact]
    public async Task A_key_in_the_environment_is_left_to_its_owner()
    {
        var old = MasterKeyRing.Generate();
        _shell.Variables["SUD_MASTER_KEY"] = old;
        await _shell.SetUpAsync();

        var refused = await _shell.RunAsync("rotate", "master", "--new-key");

        Assert.Equal(1, refused.Code);
        Assert.Contains("SUD_MASTER_KEY=\"2:$(head -c 32 /dev/urandom | base64),$SUD_MASTER_KEY\"", refused.Problem);
        Assert.DoesNotContain(old[2..], refused.Error, StringComparison.Ordinal);
        Assert.Contains("by hand", (await _shell.RunAsync("rotate", "master", "--drop-old")).Problem);
        _shell.Variables["SUD_MASTER_KEY"] = $"{MasterKeyRing.Generate(2)},{old}";
        var rotated = await _shell.DoAsync("rotate", "master");
        Assert.Contains("Version 1 may leave the ring: remove it from SUD_MASTER_KEY.", rotated.Out);
        _shell.Variables["SUD_MASTER_KEY"] = _shell.Variables["SUD_MASTER_KEY"].Split(',')[0];
        await _shell.DoAsync("user", "show", "--as", "ada");
    }

    [Fact]
    public async Task An_old_key_that_is_needed_stays_in_the_file_and_it_is_told_by_what()
    {
        await _shell.SetUpAsync();
        var both = $"{MasterKeyRing.Generate(2)},{File.ReadAllText(TrialKey)}";
        File.WriteAllText(TrialKey, both);
        await _shell.DoAsync("app", "register", "Library"); // which moves nothing: only a rotation does

        var refused = await _shell.RunAsync("rotate", "master", "--drop-old");

        Assert.Equal(1, refused.Code);
        Assert.Contains("Nothing was removed", refused.Problem);
        Assert.Contains("version 1, which is still needed by the installation", refused.Problem);
        Assert.Equal(both, File.ReadAllText(TrialKey));
    }

    [Fact]
    public async Task An_old_key_that_no_rotation_has_gone_over_stays_in_the_file()
    {
        _shell.File("master.key", $"{MasterKeyRing.Generate(2)},{MasterKeyRing.Generate()}");
        File.SetUnixFileMode(Path.Combine(_shell.Here, "master.key"), OwnerOnly);
        _shell.Variables["SUD_MASTER_KEY_FILE"] = "master.key";
        await _shell.SetUpAsync();

        var refused = await _shell.RunAsync("rotate", "master", "--drop-old");

        Assert.Equal(1, refused.Code);
        Assert.Contains("Run 'sud rotate master' first", refused.Problem);
        Assert.Equal(1, File.ReadAllText(Path.Combine(_shell.Here, "master.key")).Count(c => c == ','));
        await _shell.DoAsync("rotate", "master");
        await _shell.DoAsync("rotate", "master", "--drop-old");
    }

    [Fact]
    public async Task A_key_that_was_taken_out_too_early_is_missed_with_the_name_of_what_needs_it()
    {
        await _shell.SetUpAsync();
        var old = File.ReadAllText(TrialKey);
        var both = $"{MasterKeyRing.Generate(2)},{old}";
        File.WriteAllText(TrialKey, both);
        await _shell.DoAsync("app", "register", "Library");
        File.WriteAllText(TrialKey, both.Split(',')[0]);

        var refused = await _shell.RunAsync("status");

        Assert.Equal(1, refused.Code);
        Assert.Contains("lacks version 1, which is still needed by the installation", refused.Problem);
        File.WriteAllText(TrialKey, both);
        await _shell.DoAsync("rotate", "master");
        File.WriteAllText(TrialKey, old); // an old copy of the file
        Assert.Contains("lacks version 2", (await _shell.RunAsync("status")).Problem);
        File.WriteAllText(TrialKey, both.Split(',')[0]);
        await _shell.DoAsync("status");
    }

    [Fact]
    public async Task Where_the_key_file_cannot_be_replaced_it_stays_and_nothing_is_rotated()
    {
        await _shell.SetUpAsync();
        var before = File.ReadAllText(TrialKey);
        var key = TrialKey;
        var longName = Path.Combine(_shell.Here, new string('k', 250)); // with anything added it is no name any more
        File.Move(key, longName);
        _shell.Variables["SUD_MASTER_KEY_FILE"] = longName;

        var refused = await _shell.RunAsync("rotate", "master", "--new-key");

        Assert.Equal(1, refused.Code);
        Assert.StartsWith("sud: ", refused.Problem, StringComparison.Ordinal);
        Assert.Equal(before, File.ReadAllText(longName));
        Assert.Single(Directory.GetFiles(_shell.Here));
        var history = await _shell.JsonAsync("rotate", "history", "--master");
        Assert.Empty(history.GetProperty("runs").EnumerateArray());
    }

    [Fact]
    public async Task A_file_that_somebody_else_has_changed_is_read_anew_before_it_is_changed_again()
    {
        await _shell.SetUpAsync();
        var around = new Surroundings
        {
            Variable = _ => null, CurrentFolder = _shell.Here, Home = _shell.Home,
            In = Stream.Null, Out = Stream.Null, Error = Stream.Null,
        };
        using var output = new Console.Output(around);
        using var key = MasterKey.Find(around, _shell.Data, output);
        await _shell.DoAsync("rotate", "master", "--new-key");
        var changed = File.ReadAllText(TrialKey);

        var refused = Assert.Throws<CommandException>(() => MasterKeyFile.Read(key));

        Assert.Contains("has just been changed", refused.Message, StringComparison.Ordinal);
        Assert.Equal(changed, File.ReadAllText(TrialKey));
    }

    [Fact]
    public async Task Whoever_is_no_operator_changes_no_file()
    {
        await _shell.SetUpAsync();
        var before = File.ReadAllText(TrialKey);

        foreach (var option in (string[])["--new-key", "--drop-old"])
        {
            var refused = await _shell.RunAsync("rotate", "master", option, "--as", "city-clinic");
            Assert.Equal(1, refused.Code);
            Assert.Contains("Only an operator", refused.Problem);
        }
        Assert.Equal(before, File.ReadAllText(TrialKey));
    }

    [Fact]
    public async Task Status_and_history_tell_of_the_ring()
    {
        await _shell.SetUpAsync();
        Assert.Contains("Versions    1\n", (await _shell.DoAsync("rotate", "status", "--master")).Out);

        await _shell.DoAsync("rotate", "master", "--new-key");

        var status = await _shell.JsonAsync("rotate", "status", "--master", "--watch");
        Assert.Equal([2, 1], status.GetProperty("ring").EnumerateArray().Select(version => version.GetInt32()));
        Assert.Equal([1], status.GetProperty("removable").EnumerateArray().Select(version => version.GetInt32()));
        Assert.Equal("finished", status.GetProperty("last").GetProperty("phase").GetString());
        Assert.Contains("master key", (await _shell.DoAsync("rotate", "history", "--master")).Out);
        Assert.Contains("No rotation", (await _shell.RunAsync("rotate", "cancel", "--master")).Problem);
        Assert.Equal(JsonValueKind.Array, (await _shell.JsonAsync("rotate", "history", "--master"))
            .GetProperty("runs").ValueKind);
    }

    public void Dispose() => _shell.Dispose();
}
