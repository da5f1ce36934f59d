using System.Text.Json;

namespace SecureUserData.Cli.Tests;

public sealed class MaskTests : IDisposable
{
    private readonly Shell _shell = new();

    [Fact]
    public async Task Masks_are_asked_for_on_the_command_line_shown_in_plain_words_and_kept_to()
    {
        await SetUpAsync();

        var listed = (await _shell.DoAsync("consent", "list", "--as", "ada")).Out;
        Assert.Contains("soc_sec_id: only the last 4 characters", listed);
        var given = (await _shell.DoAsync("consent", "give", "survey", "--as", "ada")).Out;
        foreach (var words in (string[])
            [
                "email: only the domain of the e-mail address", "soc_sec_id: only the last 4 characters",
                "date_of_birth: only the year", "given_name: only the initial", ", surname",
            ])
            Assert.Equal(3, given.Split(words).Length); // asked for, and allowed
        Assert.Contains("date_of_birth: only the year", (await _shell.DoAsync("script", "list")).Out);

        var reading = await _shell.DoAsync(
            "read", "--as", "survey", "--user", "ada", "--fields",
            "email,soc_sec_id,date_of_birth,given_name,surname");
        Assert.Equal(
            ["1915", "A.", "Lovelace", "example.org", "…4218"],
            reading.Out.Split('\n', StringSplitOptions.RemoveEmptyEntries)
                .Select(line => line.Split(' ')[^1]).Order(StringComparer.Ordinal));
        Assert.DoesNotContain("cannot be masked", reading.Error);
        Assert.Contains("field/soc_sec_id:last4", (await _shell.DoAsync("log", "show", "--as", "ada")).Out);
    }

    [Fact]
    public async Task As_json_the_masks_stand_by_name_and_in_plain_words()
    {
        var registered = await SetUpAsync();
        Assert.Equal("emailDomain", Mask(registered.GetProperty("text"), "email"));
        Assert.Contains("date_of_birth: only the year", Texts(registered, "asksFor"));
        var script = (await _shell.JsonAsync("script", "list")).GetProperty("scripts")[0];
        Assert.Equal("initial", Mask(script.GetProperty("text"), "given_name"));
        Assert.Contains("given_name: only the initial", Texts(script, "asksFor"));

        var given = await _shell.JsonAsync("consent", "give", "survey", "--as", "ada", "--fields", "soc_sec_id");
        Assert.Equal("lastFour", Mask(given.GetProperty("decision"), "soc_sec_id"));
        Assert.Equal(["soc_sec_id: only the last 4 characters"], Texts(given, "allowed"));
        Assert.Equal(5, Texts(given, "asksFor").Count);
        var listed = (await _shell.JsonAsync("consent", "list", "--as", "ada")).GetProperty("consents")[0];
        Assert.Equal(["soc_sec_id: only the last 4 characters"], Texts(listed, "allowed"));
        Assert.Equal("given", listed.GetProperty("status").GetString());
        var withdrawn = await _shell.JsonAsync("consent", "withdraw", "survey", "--as", "ada");
        Assert.Empty(Texts(withdrawn, "allowed"));
    }

    [Fact]
    public async Task A_new_version_keeps_the_masks_unless_fields_are_named()
    {
        await SetUpAsync();
        var same = await _shell.JsonAsync("script", "new-version", "survey", "--purpose", "Count people again");
        Assert.Contains("soc_sec_id: only the last 4 characters", Texts(same, "asksFor"));
        var other = await _shell.JsonAsync("script", "new-version", "survey", "--fields", "soc_sec_id : LAST4, email");
        Assert.Equal(["soc_sec_id: only the last 4 characters", "email"], Texts(other, "asksFor"));
    }

    [Fact]
    public async Task What_cannot_be_masked_is_not_shown_and_said()
    {
        await SetUpAsync();
        await _shell.DoAsync("user", "set", "email=none", "--as", "ada");
        await _shell.DoAsync("consent", "give", "survey", "--as", "ada");
        var reading = await _shell.DoAsync("read", "--as", "survey", "--user", "ada", "--fields", "email,surname");
        Assert.DoesNotContain("none", reading.Out);
        Assert.Contains("'email'", reading.Error);
        Assert.Contains("cannot be masked", reading.Error);
    }

    [Fact]
    public async Task A_word_that_is_no_mask_is_a_usage_error_that_names_those_there_are()
    {
        await SetUpAsync();
        foreach (var fields in (string[])["email:whole", "email:", "email:domain:domain", "email:4"])
        {
            var result = await _shell.RunAsync(
                "script", "new-version", "survey", "--as", "city-clinic", "--fields", fields);
            Assert.Equal(2, result.Code);
            Assert.Contains("last4, initial, year, domain", result.Problem);
        }
        foreach (var fields in (string[])[":year", "a:year,a:initial"])
            Assert.Equal(1, (await _shell.RunAsync("script", "new-version", "survey", "--fields", fields)).Code);
    }

    private async Task<JsonElement> SetUpAsync()
    {
        await _shell.DoAsync("init");
        await _shell.DoAsync("app", "register", "City Clinic");
        await _shell.DoAsync(
            "user", "create", "--set", "email=ada@example.org", "--set", "soc_sec_id=55304218", "--set",
            "date_of_birth=19151210", "--set", "given_name=Augusta", "--set", "surname=Lovelace", "--save-as", "ada");
        await _shell.DoAsync("user", "claim", "ada");
        return await _shell.JsonAsync(
            "script", "register", "--name", "Survey", "--purpose", "Count people", "--basis", "consent", "--fields",
            "email:domain,soc_sec_id:last4,date_of_birth:year,given_name:initial,surname");
    }

    private static string? Mask(JsonElement scope, string field) =>
        scope.GetProperty("masks").GetProperty(field).GetString();

    private static List<string> Texts(JsonElement element, string property) =>
        [.. element.GetProperty(property).EnumerateArray().Select(text => text.GetString()!)];

    public void Dispose() => _shell.Dispose();
}
