namespace SecureUserData.Cli.Tests;

public sealed class BadInputTests : IDisposable
{
    private const string Nobody = "usr_01m7zsaq07fvz86d36pge89yq7";
    private const string Nothing = "rec_01m7zsaq07fvz86d36pge89yq7";
    private const string NoScript = "scr_01m7zsaq07fvz86d36pge89yq7";

    private readonly Shell _shell = new();

    [Fact]
    public async Task A_wrong_command_line_is_one_line_and_exit_code_2()
    {
        await _shell.SetUpAsync();
        foreach (var (says, args) in (IEnumerable<(string, string[])>)
        [
            ("sud --help", []),
            ("'nope'", ["nope"]),
            ("sud user --help", ["user"]),
            ("sud user show --help", ["user", "show", "--wrong"]),
            ("NAME", ["app", "register"]),
            ("--user", ["read", "--as", "newsletter", "--fields", "email"]),
            ("Nothing is asked for", ["read", "--as", "newsletter", "--user", "ada"]),
            ("neither a user id", ["read", "--as", "newsletter", "--user", "usr_x", "--fields", "email"]),
            ("neither a script id", ["consent", "give", "scr_x", "--as", "ada"]),
            ("not a record id", ["record", "get", "letters", "rec_x", "--as", "ada"]),
            ("field=value", ["user", "create", "--set", "email"]),
            ("field=value", ["user", "create", "--set", "=x"]),
            ("set twice", ["user", "create", "--set", "a=1", "--set", "a=2"]),
            ("both set and removed", ["user", "set", "a=1", "--remove", "a", "--as", "ada"]),
            ("Nothing is to be set", ["user", "set", "--as", "ada"]),
            ("--user is missing", ["user", "set", "a=1", "--as", "city-clinic"]),
            ("--limit takes a number", ["log", "show", "--as", "ada", "--limit", "many"]),
            ("--limit takes a number", ["log", "show", "--as", "ada", "--limit", "0"]),
            ("--after takes a number", ["log", "show", "--as", "ada", "--after", "-1"]),
            ("not a time", ["consent", "give", "newsletter", "--as", "ada", "--expires", "soon"]),
            ("not a time", ["consent", "give", "newsletter", "--as", "ada", "--expires", "P999999999Y"]),
            ("legal basis",
                ["script", "register", "--name", "S", "--purpose", "P", "--basis", "whim", "--fields", "a"]),
            ("--purpose is missing", ["script", "register", "--name", "S", "--basis", "consent", "--fields", "a"]),
            ("is not a name", ["app", "register", "X", "--save-as", "../../x"]),
            ("is not a name", ["app", "register", "X", "--save-as", ""]),
            ("claim code is", ["user", "claim"]),
            ("claim code is", ["user", "claim", "ada", "--code-file", "x"]),
            ("not valid UTF-8", ["user", "set", "a=\uFFFD", "--as", "ada"]),
        ])
        {
            var result = await _shell.RunAsync(args);
            Assert.True(result.Code == 2, $"sud {string.Join(' ', args)}: {result.Code}, {result.Error}");
            Assert.StartsWith("sud: ", result.Problem);
            Assert.Contains(says, result.Problem);
            Assert.Empty(result.Bytes);
        }
    }

    [Fact]
    public async Task What_cannot_be_done_is_one_line_and_exit_code_1_and_changes_nothing()
    {
        await _shell.SetUpAsync();
        await _shell.DoAsync("consent", "give", "newsletter", "--as", "ada", "--fields", "email");
        var before = await NumbersAsync();
        foreach (var (says, args) in Impossible())
        {
            var result = await _shell.RunAsync(args);
            Assert.True(result.Code == 1, $"sud {string.Join(' ', args)}: {result.Code}, {result.Error}");
            Assert.StartsWith("sud: ", result.Problem);
            Assert.Contains(says, result.Problem);
            Assert.Empty(result.Bytes);
        }
        Assert.Equal(before, await NumbersAsync());
        await _shell.DoAsync("log", "verify");
    }

    private IEnumerable<(string Says, string[] Args)> Impossible()
    {
        _shell.File("large.txt", new byte[Limits.RecordBytes + 1]);
        _shell.File("latin1.txt", [0x63, 0x61, 0x66, 0xe9]);
        _shell.File("not.json", "{");
        _shell.File("code.txt", "sud_claim_typo");
        string[] script = ["script", "register", "--basis", "consent", "--fields", "a", "--save-as", "s"];
        return
        [
            ("no such user", ["record", "put", "letters", "not.json", "--type", "text/plain", "--user", Nobody]),
            ("no such record", ["record", "get", "letters", Nothing, "--as", "ada"]),
            ("no such record", ["record", "delete", "letters", Nothing, "--as", "ada"]),
            ("no such script", ["consent", "give", NoScript, "--as", "ada"]),
            ("no such user", ["read", "--as", "newsletter", "--user", Nobody, "--fields", "email"]),
            ("ask for less", ["read", "--as", "newsletter", "--user", "ada", "--fields", "surname"]),
            ("no given consent", ["consent", "withdraw", "newsletter", "--as", "bob"]),
            ("does not ask for", ["consent", "give", "newsletter", "--as", "ada", "--fields", "phone"]),
            ("expired already", ["consent", "give", "newsletter", "--as", "ada", "--expires", "2001-01-01"]),
            ("allows nothing", ["consent", "give", "newsletter", "--as", "ada", "--fields", ""]),
            ("Only a user", ["consent", "list", "--as", "city-clinic"]),
            ("Only an application", ["user", "find", "email", "x", "--as", "ada"]),
            ("Only a script", ["read", "--as", "ada", "--user", "ada", "--fields", "email"]),
            ("Only an operator", ["app", "register", "Other", "--as", "city-clinic"]),
            ("already has this value", ["user", "create", "--set", "email=ADA@example.org", "--save-as", "x"]),
            ("is empty", ["user", "create", "--set", "email=", "--save-as", "x"]),
            ("name of a field", ["user", "create", "--set", "e|mail=x", "--save-as", "x"]),
            ("name of a field", ["user", "create", "--set", $"{new string('n', 65)}=x", "--save-as", "x"]),
            ("more than 65536 bytes", ["user", "create", "--set", $"note={new string('x', 65_537)}", "--save-as", "x"]),
            ("not indexed", ["user", "find", "phone", "1"]),
            ("is empty", ["user", "find", "email", " "]),
            ("name of the application", ["app", "register", " ", "--save-as", "x"]),
            ("control or format", ["app", "register", "a\u001b[31mb", "--save-as", "x"]),
            ("more than 120", ["app", "register", new string('a', 121), "--save-as", "x"]),
            ("control or format", [.. script, "--name", "S", "--purpose", "P\u202Eq"]),
            ("control or format", [.. script, "--name", "S", "--purpose", "P", "--recipients", "a\nb"]),
            ("more than 1000", [.. script, "--name", "S", "--purpose", new string('p', 1_001)]),
            ("asks for nothing", ["script", "register", "--name", "S", "--purpose", "P", "--basis", "consent"]),
            ("more than 1048576 bytes", ["record", "put", "letters", "large.txt", "--user", "ada"]),
            ("not UTF-8", ["record", "put", "letters", "latin1.txt", "--user", "ada"]),
            ("is not", ["record", "put", "letters", "not.json", "--type", "application/json", "--user", "ada"]),
            ("content type", ["record", "put", "letters", "not.json", "--type", "text", "--user", "ada"]),
            ("no file", ["record", "put", "letters", "missing.txt", "--user", "ada"]),
            ("mistyped", ["user", "claim", "--code-file", "code.txt"]),
            ("no file", ["user", "claim", "--code-file", "missing.txt"]),
            ("not a claim code", ["user", "claim", "ada"]),
            ("no installation", ["status", "--data", "elsewhere"]),
        ];
    }

    [Fact]
    public async Task A_record_from_stdin_may_not_be_too_large_either()
    {
        await _shell.SetUpAsync();
        var result = await _shell.RunAsync(
            new byte[Limits.RecordBytes + 1], "record", "put", "letters", "-", "--user", "ada");
        Assert.Equal(1, result.Code);
        Assert.Contains("more than 1048576 bytes", result.Problem);
    }

    [Fact]
    public async Task A_folder_in_use_and_a_file_that_is_no_database_are_refused()
    {
        await _shell.SetUpAsync();
        using (new FileStream(
            Path.Combine(_shell.Data, "sud.lock"), FileMode.Open, FileAccess.ReadWrite, FileShare.None))
            Assert.Contains("another process", (await _shell.RunAsync("status")).Problem);
        File.WriteAllText(Path.Combine(_shell.Data, "sud.db"), new string('x', 8_192));
        var result = await _shell.RunAsync("status");
        Assert.Equal(1, result.Code);
        Assert.StartsWith("sud: ", result.Problem);
    }

    [Fact]
    public async Task A_value_that_looks_like_a_response_file_or_a_directive_is_a_value()
    {
        await _shell.SetUpAsync();
        await _shell.DoAsync("app", "register", "[diagram]", "--save-as", "diagram");
        Assert.Equal(0, (await _shell.JsonAsync("user", "find", "surname", "@ada", "--as", "city-clinic"))
            .GetProperty("users").GetArrayLength());
    }

    [Fact]
    public async Task A_changed_log_is_exit_code_1_and_says_where()
    {
        await _shell.SetUpAsync();
        var file = Path.Combine(_shell.Data, "sud.db");
        var bytes = File.ReadAllBytes(file);
        bytes[bytes.AsSpan().IndexOf("field/surname"u8) + 6] ^= 1;
        File.WriteAllBytes(file, bytes);
        var result = await _shell.RunAsync("log", "verify");
        Assert.Equal(1, result.Code);
        Assert.Contains("in the access log of usr_", result.Problem);
        Assert.Empty(result.Bytes);
    }

    [Fact]
    public async Task Every_command_has_help_with_an_example()
    {
        foreach (var args in (string[][])
        [
            [], ["demo"], ["init"], ["status"], ["app"], ["app", "register"], ["app", "list"], ["user"],
            ["user", "import"],
            ["user", "create"], ["user", "claim"], ["user", "set"], ["user", "find"], ["user", "show"],
            ["user", "reissue"],
            ["record"], ["record", "put"], ["record", "get"], ["record", "list"], ["record", "delete"], ["script"],
            ["script", "register"], ["script", "list"], ["script", "new-version"], ["consent"], ["consent", "list"],
            ["consent", "give"], ["consent", "refuse"], ["consent", "withdraw"], ["consent", "pause"],
            ["consent", "resume"],
            ["read"], ["log"], ["log", "show"], ["log", "verify"],
        ])
        {
            var help = await _shell.DoAsync([.. args, "--help"]);
            Assert.Contains("Example:\n  ", help.Out);
            var example = help.Out[help.Out.IndexOf("Example:", StringComparison.Ordinal)..];
            Assert.Contains(string.Join(' ', ["sud", .. args.Take(1)]), example);
            Assert.Equal("", help.Error);
        }
    }

    private async Task<string> NumbersAsync()
    {
        var status = await _shell.JsonAsync("status");
        return string.Join(' ', ((string[])["applications", "users", "scripts", "decisions", "records", "saved"])
            .Select(name => status.GetProperty(name).GetRawText()));
    }

    public void Dispose() => _shell.Dispose();
}
