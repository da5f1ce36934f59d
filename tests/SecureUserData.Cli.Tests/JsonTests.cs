using System.Text.Json;

namespace SecureUserData.Cli.Tests;

public sealed class JsonTests
{
    [Fact]
    public async Task Every_command_that_prints_data_prints_json_and_nothing_else()
    {
        using var shell = new Shell();
        await shell.JsonAsync("init");
        var app = await shell.JsonAsync("app", "register", "City Clinic", "--unique", "email", "--index", "surname");
        Assert.StartsWith("app_", app.GetProperty("id").GetString());
        var apps = await shell.JsonAsync("app", "list");
        Assert.Equal("city-clinic", apps.GetProperty("applications")[0].GetProperty("savedAs").GetString());
        shell.File("people.csv", "email,surname\ngrace@example.org,Hopper\n");
        Assert.Equal(1, (await shell.JsonAsync("user", "import", "people.csv")).GetProperty("created").GetInt32());
        var user = await shell.JsonAsync(
            "user", "create", "--set", "email=ada@example.org", "--set", "surname=Lovelace", "--save-as", "ada");
        var id = user.GetProperty("id").GetString()!;
        await shell.JsonAsync("user", "claim", "ada");
        await shell.JsonAsync("user", "set", "phone=1", "--as", "ada");
        await shell.JsonAsync("user", "set", "--remove", "phone", "--user", id, "--as", "city-clinic");
        var found = await shell.JsonAsync("user", "find", "email", "ADA@example.org");
        Assert.Equal(id, found.GetProperty("users")[0].GetString());
        var profile = await shell.JsonAsync("user", "show");
        Assert.Equal("Lovelace", profile.GetProperty("fields").GetProperty("surname").GetString());
        Assert.Equal("2031-04-05T06:07:08+00:00", profile.GetProperty("createdAt").GetString());
        await ScriptsAsync(shell, id);
        await RecordsAsync(shell, id);
        await LogsAsync(shell);
    }

    private static async Task ScriptsAsync(Shell shell, string user)
    {
        await shell.JsonAsync(
            "script", "register", "--name", "Newsletter", "--purpose", "Letters", "--basis", "legitimate-interests",
            "--fields", "email,surname", "--collections", "letters",
            "--recipients", "Print Ltd", "--retention", "P30D");
        var scripts = await shell.JsonAsync("script", "list");
        Assert.Equal(
            "legitimateInterests",
            scripts.GetProperty("scripts")[0].GetProperty("text").GetProperty("legalBasis").GetString());
        var listed = await shell.JsonAsync("consent", "list");
        Assert.Equal("requested", listed.GetProperty("consents")[0].GetProperty("status").GetString());
        Assert.Equal("given", await StatusAsync("give", "newsletter", "--expires", "P30D"));
        var reading = await shell.JsonAsync("read", "--user", user, "--fields", "email", "--records", "letters");
        Assert.Equal("ada@example.org", reading.GetProperty("fields").GetProperty("email").GetString());
        Assert.Equal(0, reading.GetProperty("records").GetArrayLength());
        Assert.True((await shell.JsonAsync("consent", "pause")).GetProperty("paused").GetBoolean());
        Assert.False((await shell.JsonAsync("consent", "resume")).GetProperty("paused").GetBoolean());
        Assert.Equal("withdrawn", await StatusAsync("withdraw", "newsletter"));
        Assert.Equal("refused", await StatusAsync("refuse", "newsletter"));
        var version = await shell.JsonAsync("script", "new-version", "newsletter", "--fields", "email,phone");
        Assert.Equal(2, version.GetProperty("version").GetInt32());
        Assert.Equal("Letters", version.GetProperty("text").GetProperty("purpose").GetString());

        async Task<string?> StatusAsync(params string[] args) =>
            (await shell.JsonAsync(["consent", .. args])).GetProperty("status").GetString();
    }

    private static async Task RecordsAsync(Shell shell, string user)
    {
        shell.File("letter.txt", "Dear Ada");
        var put = await shell.JsonAsync("record", "put", "letters", "letter.txt", "--user", user);
        var id = put.GetProperty("id").GetString()!;
        var got = await shell.JsonAsync("record", "get", "letters", id);
        Assert.Equal("Dear Ada", got.GetProperty("text").GetString());
        Assert.Equal("text/plain", got.GetProperty("contentType").GetString());
        var copied = await shell.JsonAsync("record", "get", "letters", id, "--out", "copy.txt");
        Assert.Equal(8, copied.GetProperty("bytes").GetInt32());
        var listed = await shell.JsonAsync("record", "list", "letters");
        Assert.Equal(id, listed.GetProperty("records")[0].GetProperty("id").GetString());
        Assert.Equal("letters", (await shell.JsonAsync("record", "list")).GetProperty("collections")[0].GetString());
        var deleted = await shell.JsonAsync("record", "delete", "letters", id, "--as", "ada");
        Assert.True(deleted.GetProperty("deleted").GetBoolean());
    }

    private static async Task LogsAsync(Shell shell)
    {
        foreach (var name in (string[])["ada", "city-clinic", "operator"])
        {
            var log = await shell.JsonAsync("log", "show", "--as", name, "--limit", "2");
            Assert.Equal(1, log.GetProperty("entries")[0].GetProperty("sequence").GetInt32());
            if (log.GetProperty("next").ValueKind == JsonValueKind.Number)
                await shell.JsonAsync("log", "show", "--as", name, "--after", log.GetProperty("next").GetRawText());
        }
        var accesses = (await shell.JsonAsync("log", "show", "--accesses")).GetProperty("entries");
        Assert.Equal(1, accesses.GetArrayLength());
        Assert.Equal("dataRead", accesses[0].GetProperty("activity").GetString());
        Assert.Equal(
            ["field/email", "record/letters"],
            accesses[0].GetProperty("names").EnumerateArray().Select(n => n.GetString()!));
        Assert.True((await shell.JsonAsync("log", "verify")).GetProperty("entries").GetInt32() > 10);
        Assert.Equal(2, (await shell.JsonAsync("status")).GetProperty("users").GetInt32());
    }
}
