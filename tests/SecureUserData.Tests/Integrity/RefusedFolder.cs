namespace SecureUserData.Tests.Integrity;

/// <summary>What a refusal to open must be like: one exception that says what to do, nothing touched, nothing held.
/// </summary>
internal static class RefusedFolder
{
    /// <summary>Asserts that a folder is refused, twice alike, and stays as it is.</summary>
    /// <param name="folder">The folder.</param>
    /// <param name="code">The code.</param>
    /// <param name="text">A part of the message.</param>
    /// <param name="open">Opens it; <see cref="DataFolder.OpenAsync"/> unless it says otherwise.</param>
    internal static async Task AssertAsync(
        DataFolder folder, ErrorCode code, string text, Func<Task>? open = null)
    {
        var before = Digests(folder);
        for (var time = 0; time < 2; time++)
        {
            var refusal = await Assert.ThrowsAsync<SecureUserDataException>(open ?? (() => folder.OpenAsync()));
            Assert.True(refusal.Code == code, $"{refusal.Code}: {refusal.Message}");
            Assert.Contains(text, refusal.Message, StringComparison.Ordinal);
        }
        Assert.Equal(before, Digests(folder));
        AssertNothingHeld(folder);
    }

    /// <summary>Asserts that this process has no file of the folder open.</summary>
    internal static void AssertNothingHeld(DataFolder folder)
    {
        if (!OperatingSystem.IsLinux()) return;
        Assert.DoesNotContain(
            new DirectoryInfo("/proc/self/fd").GetFiles(),
            file => file.LinkTarget?.StartsWith(folder.Path, StringComparison.Ordinal) == true);
    }

    /// <summary>The files, but for the lock, which is empty, and the index of the log, which SQLite makes
    /// anew.</summary>
    internal static List<KeyValuePair<string, string>> Digests(DataFolder folder) =>
    [
        .. folder.Digests()
            .Where(file => file.Key is not "sud.lock" and not "sud.db-shm")
            .OrderBy(file => file.Key, StringComparer.Ordinal),
    ];
}
