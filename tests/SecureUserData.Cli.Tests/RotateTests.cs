using System.Text.Json;
using Microsoft.Data.Sqlite;

namespace SecureUserData.Cli.Tests;

/// <summary>The rotation of an application's keys from the command line.</summary>
public sealed class RotateTests : IDisposable
{
    private readonly Shell _shell = new();

    [Fact]
    public async Task The_application_key_is_rotated_waits_and_its_old_version_is_destroyed()
    {
        await _shell.SetUpAsync();

        var started = await _shell.DoAsync("rotate", "app");

        Assert.Contains("application key, version 1 to 2\n", started.Out);
        Assert.Contains("Moved      2 users\n", started.Out);
        Assert.Contains("waiting until 2031-04-05 06:17:08Z\n", started.Out);
        Assert.Contains("From 2031-04-05 06:17:08Z on", started.Out);
        Assert.Equal("2, 1", await VersionsAsync("application"));
        _shell.Now = _shell.Now.AddMinutes(10);
        var finished = await _shell.DoAsync("rotate", "resume");
        Assert.Contains("Phase      finished\n", finished.Out);
        Assert.Contains("Everything is under version 2. Older ones are destroyed.", finished.Out);
        Assert.Equal("2", await VersionsAsync("application"));
        Assert.Contains("ada@example.org", (await _shell.DoAsync("user", "show", "--as", "ada")).Out);
        await _shell.DoAsync("log", "verify");
    }

    [Theory]
    [InlineData("index", 30)]
    [InlineData("log", 0)]
    [InlineData("state", 10)]
    public async Task The_other_keys_are_rotated_each_in_its_way(string key, int minutes)
    {
        await _shell.SetUpAsync();
        var time = _shell.Now;
        _shell.Time = new HurryingTime(time);

        var run = (await _shell.JsonAsync("rotate", "app", "--key", key, "--watch")).GetProperty("run");

        Assert.Equal("finished", run.GetProperty("phase").GetString());
        Assert.Equal(key, run.GetProperty("key").GetString());
        Assert.Equal(time.AddMinutes(minutes), run.GetProperty("ended").GetDateTimeOffset());
        Assert.Equal(key == "log" ? "2, 1" : "2", await VersionsAsync(key));
        var found = await _shell.JsonAsync("user", "find", "email", "ADA@example.org");
        Assert.Equal(1, found.GetProperty("users").GetArrayLength());
    }

    [Fact]
    public async Task Every_user_gets_a_new_key_and_reads_on()
    {
        await _shell.SetUpAsync();
        await _shell.DoAsync("record", "put", "letters", _shell.File("letter.txt", "Dear Charles"), "--user", "ada");

        var started = await _shell.DoAsync("rotate", "users");

        Assert.Contains("encrypted again, of at most 2 users.", started.Error);
        Assert.Contains("destroys them", started.Out);
        _shell.Now = _shell.Now.AddMinutes(10);
        var finished = await _shell.DoAsync("rotate", "resume");
        Assert.Contains("Every user has a new key, and the old ones are destroyed.", finished.Out);
        Assert.Contains("ada@example.org", (await _shell.DoAsync("user", "show", "--as", "ada")).Out);
        var records = (await _shell.JsonAsync("record", "list", "letters", "--as", "ada")).GetProperty("records");
        var got = await _shell.JsonAsync(
            "record", "get", "letters", records[0].GetProperty("id").GetString()!, "--as", "ada");
        Assert.Equal("Dear Charles", got.GetProperty("text").GetString());
        var log = await _shell.DoAsync("log", "show", "--as", "ada");
        Assert.Contains("user-key/1..2", log.Out);
    }

    [Fact]
    public async Task Watching_tells_each_phase_where_there_is_no_terminal_and_ends_with_the_run()
    {
        await _shell.SetUpAsync();
        _shell.Time = new HurryingTime(_shell.Now);

        var watched = await _shell.DoAsync("rotate", "app", "--watch");

        var told = watched.Error.Split('\n', StringSplitOptions.RemoveEmptyEntries)
            .Where(line => !line.StartsWith("sud: warning", StringComparison.Ordinal));
        Assert.Equal(["waiting until 2031-04-05 06:17:08Z"], told);
        Assert.Contains("Ended      2031-04-05 06:17:08Z\n", watched.Out);
        Assert.Equal("2", await VersionsAsync("application"));
    }

    [Fact]
    public async Task Ctrl_C_ends_the_watching_and_not_the_rotation()
    {
        await _shell.SetUpAsync();
        using var interruption = new CancellationTokenSource();
        var noon = _shell.Now.AddMinutes(5);
        _shell.Time = new HurryingTime(_shell.Now)
        {
            Waiting = now =>
            {
                if (now >= noon) interruption.Cancel();
            },
        };
        _shell.Interruption = interruption.Token;

        var stopped = await _shell.RunAsync("rotate", "app", "--watch");

        Assert.Equal(130, stopped.Code);
        Assert.Contains("goes on by itself while an engine runs: 'sud rotate status'", stopped.Error);
        (_shell.Time, _shell.Interruption) = (null, TestContext.Current.CancellationToken);
        _shell.Now = _shell.Now.AddMinutes(10);
        var current = await _shell.JsonAsync("rotate", "status", "--watch");
        Assert.Equal(JsonValueKind.Null, current.GetProperty("current").ValueKind);
        Assert.Equal("finished", current.GetProperty("last").GetProperty("phase").GetString());
    }

    [Fact]
    public async Task A_second_rotation_is_refused_with_a_hint_and_so_is_steering_none()
    {
        await _shell.SetUpAsync();
        foreach (var command in (string[])["pause", "resume", "cancel"])
        {
            var none = await _shell.RunAsync("rotate", command);
            Assert.Equal(1, none.Code);
            Assert.Contains("No rotation is under way", none.Problem);
        }
        await _shell.DoAsync("rotate", "app");

        var refused = await _shell.RunAsync("rotate", "users");

        Assert.Equal(1, refused.Code);
        Assert.Contains("A rotation is under way", refused.Problem);
        Assert.Contains("'sud rotate status'", refused.Problem);
    }

    [Fact]
    public async Task A_run_that_is_paused_rests_however_long_until_it_is_resumed()
    {
        await _shell.SetUpAsync();
        await _shell.DoAsync("rotate", "app");

        Assert.Contains("It rests until 'sud rotate resume'", (await _shell.DoAsync("rotate", "pause")).Out);

        _shell.Now = _shell.Now.AddMinutes(10);
        var watched = (await _shell.JsonAsync("rotate", "status", "--watch")).GetProperty("current");
        Assert.True(watched.GetProperty("isPaused").GetBoolean());
        Assert.Equal("2, 1", await VersionsAsync("application"));
        var resumed = (await _shell.JsonAsync("rotate", "resume")).GetProperty("run");
        Assert.Equal("finished", resumed.GetProperty("phase").GetString());
    }

    [Fact]
    public async Task A_cancelled_run_leaves_both_versions_and_stands_in_the_history()
    {
        await _shell.SetUpAsync();
        await _shell.DoAsync("rotate", "app");

        Assert.Contains("the old one readable", (await _shell.DoAsync("rotate", "cancel")).Out);

        Assert.Equal("2, 1", await VersionsAsync("application"));
        await _shell.DoAsync("rotate", "app", "--key", "log");
        var history = await _shell.DoAsync("rotate", "history");
        Assert.Contains("cancelled", history.Out);
        Assert.True(
            history.Out.IndexOf("log key", StringComparison.Ordinal)
            < history.Out.IndexOf("application key", StringComparison.Ordinal)); // newest first
        var runs = (await _shell.JsonAsync("rotate", "history")).GetProperty("runs");
        Assert.Equal(
            ["finished", "cancelled"], runs.EnumerateArray().Select(run => run.GetProperty("phase").GetString()!));
        Assert.Equal("asked", runs[0].GetProperty("reason").GetString());
    }

    [Fact]
    public async Task Status_shows_the_age_of_each_version_and_the_schedule()
    {
        await _shell.SetUpAsync();
        _shell.Now = _shell.Now.AddDays(89);

        var status = await _shell.DoAsync("rotate", "status");

        Assert.Equal(4, status.Out.Split("89 days").Length - 1);
        Assert.Contains("No rotation is under way.\n", status.Out);
        Assert.Contains("Application key  rotated at the age of 90 days\n", status.Out);
        Assert.Contains("Users' keys      not rotated by age\n", status.Out);
    }

    [Fact]
    public async Task What_the_schedule_does_not_name_stays()
    {
        await _shell.SetUpAsync();

        await _shell.DoAsync("rotate", "schedule", "--user-keys", "365d");
        var set = await _shell.JsonAsync("rotate", "schedule", "--app-key", "none");

        Assert.Equal(JsonValueKind.Null, set.GetProperty("applicationKey").ValueKind);
        Assert.Equal("365.00:00:00", set.GetProperty("userKeys").GetString());
        var shown = await _shell.DoAsync("rotate", "schedule");
        Assert.Equal(
            "Application key  not rotated by age\nUsers' keys      rotated at the age of 365 days\n", shown.Out);
    }

    [Fact]
    public async Task A_user_who_does_not_authenticate_is_named_and_tried_again()
    {
        await _shell.SetUpAsync();
        var found = await _shell.JsonAsync("user", "find", "email", "ada@example.org");
        var ada = found.GetProperty("users")[0].GetString()!;
        Break(ada);

        await _shell.DoAsync("rotate", "app");
        _shell.Now = _shell.Now.AddMinutes(10);
        var left = await _shell.DoAsync("rotate", "resume");

        Assert.Contains($"Failed     1: {ada}\n", left.Out);
        Assert.Contains("It tries again at 2031-04-05 06:27:08Z", left.Out);
        Assert.Equal("2, 1", await VersionsAsync("application"));
    }

    [Theory]
    [InlineData("rotate", "app", "--key", "master")]
    [InlineData("rotate", "app", "--key", "2")]
    [InlineData("rotate", "schedule", "--app-key", "0d")]
    [InlineData("rotate", "schedule", "--user-keys", "a year")]
    [InlineData("rotate", "master", "--new-key", "--drop-old")]
    [InlineData("rotate")]
    public async Task A_wrong_command_line_is_told(params string[] args)
    {
        await _shell.SetUpAsync();

        Assert.Equal(2, (await _shell.RunAsync(args)).Code);
    }

    [Fact]
    public async Task An_operator_does_not_rotate_an_applications_keys()
    {
        await _shell.SetUpAsync();

        foreach (var command in (string[][])[["rotate", "app"], ["rotate", "users"], ["rotate", "status"]])
        {
            var refused = await _shell.RunAsync([.. command, "--as", "operator"]);
            Assert.Equal(1, refused.Code);
            Assert.Contains("Only an application may do this", refused.Problem);
        }
    }

    private async Task<string> VersionsAsync(string kind) => string.Join(
        ", ",
        (await _shell.JsonAsync("rotate", "status")).GetProperty("keys").EnumerateArray()
            .Where(key => key.GetProperty("kind").GetString() == kind)
            .Select(key => key.GetProperty("version").GetInt32()));

    /// <summary>Makes a user's stored state one that does not authenticate.</summary>
    private void Break(string user)
    {
        using var connection = new SqliteConnection($"Data Source={Path.Combine(_shell.Data, "sud.db")};Pooling=False");
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText = "UPDATE state SET body = CAST(body || x'00' AS BLOB) WHERE id = $1";
        command.Parameters.AddWithValue("$1", user);
        Assert.Equal(1, command.ExecuteNonQuery());
    }

    public void Dispose() => _shell.Dispose();
}
