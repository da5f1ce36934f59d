using System.Text.Json;

namespace SecureUserData.Cli.Tests;

/// <summary>Backup, restore and purge from the command line.</summary>
public sealed class BackupTests
{
    [Fact]
    public async Task A_backup_is_made_verified_and_restored_and_who_was_erased_since_stays_erased()
    {
        using var shell = new Shell();
        await shell.SetUpAsync();

        var made = (await shell.JsonAsync("backup", "monday")).GetProperty("manifest");
        Assert.Equal(2, made.GetProperty("counts").GetProperty("users").GetInt32());
        Assert.Equal(1, made.GetProperty("masterKeyVersions")[0].GetInt32());
        var shown = await shell.DoAsync("backup", "verify", "monday");
        Assert.Contains("The backup holds", shown.Out, StringComparison.Ordinal);
        Assert.Contains(made.GetProperty("databaseSha256").GetString()!, shown.Out, StringComparison.Ordinal);
        await shell.DoAsync("erase", "--as", "ada", "--yes");
        var inTheWay = await shell.RunAsync("restore", "monday");
        Assert.Equal(1, inTheWay.Code);
        Assert.Contains("move sud.db", inTheWay.Problem, StringComparison.Ordinal);
        var preview = (await shell.JsonAsync("restore", "monday", "--dry-run")).GetProperty("report");
        Assert.Equal(1, preview.GetProperty("erasedAgain").GetArrayLength());
        Assert.InRange(preview.GetProperty("entriesLost").GetInt32(), 1, 10);

        Directory.Move(shell.Data, shell.Data + ".old");
        var restored = await shell.DoAsync("restore", "monday", "--old", "sud-data.old");

        Assert.Contains("1 users, by 1 certificates", restored.Out, StringComparison.Ordinal);
        Assert.Equal(1, (await shell.RunAsync("user", "show", "--as", "ada")).Code);
        Assert.Equal("bob@example.org", (await shell.JsonAsync("user", "show", "--as", "bob"))
            .GetProperty("fields").GetProperty("email").GetString());
        var log = await shell.JsonAsync("log", "show", "--as", "operator");
        Assert.Equal(
            "backupRestored", log.GetProperty("entries").EnumerateArray().Last().GetProperty("activity").GetString());
        await shell.DoAsync("log", "verify");
    }

    [Fact]
    public async Task A_purge_takes_the_list_of_the_data_folder_and_says_whom_it_removes()
    {
        using var shell = new Shell();
        await shell.SetUpAsync();
        await shell.DoAsync("backup", "monday");
        await shell.DoAsync("erase", "--as", "ada", "--yes");

        var preview = await shell.DoAsync("backup", "purge", "monday", "--dry-run");
        Assert.Contains("Nothing was removed", preview.Out, StringComparison.Ordinal);
        var purged = (await shell.JsonAsync("backup", "purge", "monday")).GetProperty("report");

        Assert.Equal(1, purged.GetProperty("erased").GetArrayLength());
        var verified = (await shell.JsonAsync("backup", "verify", "monday")).GetProperty("manifest");
        Assert.Equal(JsonValueKind.String, verified.GetProperty("purgedAt").ValueKind);
        Assert.Empty((await shell.JsonAsync("backup", "purge", "monday"))
            .GetProperty("report").GetProperty("erased").EnumerateArray());
    }

    [Fact]
    public async Task The_second_place_of_the_list_is_written_and_read_and_lines_that_erase_nobody_are_warned_of()
    {
        using var shell = new Shell();
        shell.Variables["SUD_ERASURE_LIST"] = "elsewhere.erasures";
        await shell.SetUpAsync();
        await shell.DoAsync("backup", "monday");
        await shell.DoAsync("erase", "--as", "ada", "--yes");
        var list = Path.Combine(shell.Here, "elsewhere.erasures");
        Assert.Single(await File.ReadAllLinesAsync(list, TestContext.Current.CancellationToken));
        await File.AppendAllTextAsync(list, "forged\n", TestContext.Current.CancellationToken);
        Directory.Delete(shell.Data, recursive: true); // the disk is lost, and the other one is not

        var restored = await shell.DoAsync("restore", "monday");

        Assert.Contains("line 2 of", restored.Error, StringComparison.Ordinal);
        Assert.Contains("erases nobody", restored.Error, StringComparison.Ordinal);
        Assert.Contains("1 users", restored.Out, StringComparison.Ordinal);
        Assert.Equal(1, (await shell.RunAsync("user", "show", "--as", "ada")).Code);
    }

    [Fact]
    public async Task What_is_wrong_is_one_line_and_an_exit_code()
    {
        using var shell = new Shell();
        await shell.SetUpAsync();
        Assert.Equal(2, (await shell.RunAsync("backup")).Code);
        Assert.Equal(2, (await shell.RunAsync("backup", "verify")).Code);
        Assert.Contains(
            "There is no backup", (await shell.RunAsync("backup", "verify", "nowhere")).Problem,
            StringComparison.Ordinal);
        await shell.DoAsync("backup", "monday");
        Assert.Contains(
            "already", (await shell.RunAsync("backup", "monday")).Problem, StringComparison.Ordinal);
        Assert.Contains(
            "There is no erasure list",
            (await shell.RunAsync("backup", "purge", "monday", "--erasures", "nowhere")).Problem,
            StringComparison.Ordinal);
        var file = Path.Combine(shell.Here, "monday", "sud.db");
        var bytes = await File.ReadAllBytesAsync(file, TestContext.Current.CancellationToken);
        bytes[5_000] ^= 1;
        await File.WriteAllBytesAsync(file, bytes, TestContext.Current.CancellationToken);
        var damaged = await shell.RunAsync("backup", "verify", "monday");
        Assert.Equal(1, damaged.Code);
        Assert.Contains("the file sud.db of the backup", damaged.Problem, StringComparison.Ordinal);
    }
}
