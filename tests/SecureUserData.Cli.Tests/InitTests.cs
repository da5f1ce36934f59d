namespace SecureUserData.Cli.Tests;

public sealed class InitTests : IDisposable
{
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    private readonly Shell _shell = new();

    [Fact]
    public async Task Key_and_credentials_are_for_their_owner_only_and_outside_the_data_folder()
    {
        await _shell.DoAsync("init");
        var files = Directory.GetFiles(_shell.Configuration, "*", SearchOption.AllDirectories);
        Assert.Equal(2, files.Length);
        Assert.All(files, file => Assert.Equal(OwnerOnly, File.GetUnixFileMode(file)));
        Assert.Equal(OwnerOnly | UnixFileMode.UserExecute, File.GetUnixFileMode(_shell.Configuration));
        Assert.DoesNotContain(Directory.GetFiles(_shell.Data), file => file.EndsWith(".key", StringComparison.Ordinal));
        Assert.Empty(Directory.GetFiles(Path.GetDirectoryName(_shell.CredentialsFile)!, ".*")); // nothing unfinished
    }

    [Fact]
    public async Task Every_start_on_a_trial_key_says_so()
    {
        Assert.Contains("for trying out only", (await _shell.DoAsync("init")).Error);
        Assert.Contains("for trying out only", (await _shell.DoAsync("status")).Error);
    }

    [Fact]
    public async Task XDG_CONFIG_HOME_is_respected()
    {
        _shell.Variables["XDG_CONFIG_HOME"] = Path.Combine(_shell.Home, "elsewhere");
        await _shell.DoAsync("init");
        Assert.True(Directory.Exists(Path.Combine(_shell.Home, "elsewhere", "sud", "credentials")));
        Assert.False(Directory.Exists(_shell.Configuration));
    }

    [Fact]
    public async Task A_given_key_is_used_without_a_warning_and_without_a_key_file()
    {
        _shell.Variables["SUD_MASTER_KEY"] = Cryptography.MasterKeyRing.Generate();
        Assert.Equal("", (await _shell.DoAsync("init")).Error);
        Assert.False(Directory.Exists(Path.Combine(_shell.Configuration, "keys")));
        Assert.Equal("", (await _shell.DoAsync("status")).Error);
    }

    [Fact]
    public async Task A_wrong_key_is_refused_at_the_start()
    {
        _shell.Variables["SUD_MASTER_KEY"] = Cryptography.MasterKeyRing.Generate();
        await _shell.DoAsync("init");
        _shell.Variables["SUD_MASTER_KEY"] = Cryptography.MasterKeyRing.Generate();
        var result = await _shell.RunAsync("status");
        Assert.Equal(1, result.Code);
        Assert.Contains("wrong master key", result.Problem);
    }

    [Fact]
    public async Task A_mistyped_key_is_refused_and_not_repeated()
    {
        _shell.Variables["SUD_MASTER_KEY"] = "1:c2VjcmV0";
        var result = await _shell.RunAsync("init");
        Assert.Equal(1, result.Code);
        Assert.Contains("malformed", result.Problem);
        Assert.DoesNotContain("c2VjcmV0", result.Error);
        Assert.False(Directory.Exists(_shell.Data));
    }

    [Fact]
    public async Task A_key_file_that_others_can_read_is_warned_of()
    {
        KeyFile("master.key");
        File.SetUnixFileMode(Path.Combine(_shell.Here, "master.key"), OwnerOnly | UnixFileMode.GroupRead);
        Assert.Contains("warning: others can read the master key file", (await _shell.DoAsync("init")).Error);
        File.SetUnixFileMode(Path.Combine(_shell.Here, "master.key"), OwnerOnly);
        Assert.Equal("", (await _shell.DoAsync("status")).Error);
    }

    [Fact]
    public async Task A_key_file_inside_the_data_folder_is_refused_by_whatever_way()
    {
        Directory.CreateDirectory(_shell.Data);
        KeyFile("sud-data/master.key");
        Assert.Contains("lies inside the data folder", (await _shell.RunAsync("init")).Problem);
        File.CreateSymbolicLink(Path.Combine(_shell.Here, "link.key"), Path.Combine(_shell.Data, "master.key"));
        _shell.Variables["SUD_MASTER_KEY_FILE"] = "link.key";
        Assert.Contains("lies inside the data folder", (await _shell.RunAsync("init")).Problem);
        Directory.CreateSymbolicLink(Path.Combine(_shell.Here, "other"), _shell.Data);
        _shell.Variables["SUD_MASTER_KEY_FILE"] = "other/master.key";
        Assert.Contains("lies inside the data folder", (await _shell.RunAsync("init")).Problem);
        Assert.Single(Directory.GetFiles(_shell.Data));
    }

    [Fact]
    public async Task Two_sources_of_the_key_are_one_too_many()
    {
        KeyFile("master.key");
        _shell.Variables["SUD_MASTER_KEY"] = Cryptography.MasterKeyRing.Generate();
        Assert.Contains("set one of them", (await _shell.RunAsync("init")).Problem);
    }

    [Fact]
    public async Task A_second_set_up_is_refused_and_harms_nothing()
    {
        await _shell.SetUpAsync();
        var before = File.ReadAllText(_shell.CredentialsFile);
        var result = await _shell.RunAsync("init", "--save-as", "another");
        Assert.Equal(1, result.Code);
        Assert.Contains("already", result.Problem);
        Assert.Equal(before, File.ReadAllText(_shell.CredentialsFile));
        await _shell.DoAsync("log", "verify");
    }

    [Fact]
    public async Task Names_of_a_folder_that_was_deleted_are_not_overwritten()
    {
        await _shell.DoAsync("init");
        var before = File.ReadAllText(_shell.CredentialsFile);
        Directory.Delete(_shell.Data, recursive: true);
        var refused = await _shell.RunAsync("init");
        Assert.Equal(1, refused.Code);
        Assert.Contains("--save-as", refused.Problem);
        Assert.False(Directory.Exists(_shell.Data));
        Assert.Equal(before, File.ReadAllText(_shell.CredentialsFile));
        await _shell.DoAsync("init", "--save-as", "root");
        await _shell.DoAsync("app", "list", "--as", "root");
    }

    [Fact]
    public async Task Without_a_place_for_the_credential_nothing_is_set_up()
    {
        File.WriteAllText(Path.Combine(_shell.Home, ".config"), "a file where a folder should be");
        var result = await _shell.RunAsync("init");
        Assert.Equal(1, result.Code);
        Assert.StartsWith("sud: ", result.Problem);
        Assert.False(Directory.Exists(_shell.Data));
    }

    private void KeyFile(string name)
    {
        _shell.File(name, Cryptography.MasterKeyRing.Generate() + "\n");
        File.SetUnixFileMode(Path.Combine(_shell.Here, name), OwnerOnly);
        _shell.Variables["SUD_MASTER_KEY_FILE"] = name;
    }

    public void Dispose() => _shell.Dispose();
}
