using SecureUserData.Cryptography;
using SecureUserData.Embedded;

namespace SecureUserData.Tests.Integrity;

/// <summary>Folders and files that may not be written: refused with a way out, and nothing is touched.</summary>
[System.Runtime.Versioning.UnsupportedOSPlatform("windows")]
public sealed class PermissionTests(Scene scene) : IClassFixture<Scene>
{
    private const UnixFileMode MayRead =
        UnixFileMode.UserRead | UnixFileMode.GroupRead | UnixFileMode.OtherRead;

    private const UnixFileMode MayEnter =
        UnixFileMode.UserExecute | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute;

    private const UnixFileMode MayWrite =
        UnixFileMode.UserWrite | UnixFileMode.GroupWrite | UnixFileMode.OtherWrite;

    [Theory]
    [InlineData("sud.db")]
    [InlineData("sud.db-wal")]
    [InlineData("sud.lock")]
    [InlineData(".")]
    [InlineData(". with its lock")]
    public async Task What_may_not_be_written_is_refused_and_opens_when_it_may(string what)
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "permissions are others there");
        using var folder = await CrashedFolder.MakeAsync(scene);
        if (what != ".") File.WriteAllBytes(Path.Combine(folder.Path, "sud.lock"), []);
        foreach (var file in Directory.GetFiles(folder.Path)) File.SetUnixFileMode(file, MayRead | MayWrite);
        File.SetUnixFileMode(folder.Path, MayRead | MayWrite | MayEnter);
        var target = Path.Combine(folder.Path, what.Split(' ')[0]);
        File.SetUnixFileMode(target, File.GetUnixFileMode(target) & ~MayWrite);
        var before = RefusedFolder.Digests(folder);

        Unprivileged.Run(async () =>
        {
            var refusal = await Assert.ThrowsAsync<SecureUserDataException>(() => folder.OpenAsync());
            Assert.Equal(ErrorCode.Unavailable, refusal.Code);
            Assert.Contains("check the permissions", refusal.Message, StringComparison.Ordinal);
        });

        Assert.Equal(before, RefusedFolder.Digests(folder));
        RefusedFolder.AssertNothingHeld(folder);
        File.SetUnixFileMode(target, File.GetUnixFileMode(target) | MayWrite);
        await using var engine = await folder.OpenAsync();
        Assert.Equal(20, await CrashedFolder.CountAsync(engine, scene));
    }

    [Fact]
    public void An_installation_is_not_set_up_where_nothing_may_be_written()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "permissions are others there");
        using var folder = new DataFolder();
        File.SetUnixFileMode(folder.Path, MayRead | MayEnter);
        Unprivileged.Run(async () =>
        {
            foreach (var path in (string[])[folder.Path, Path.Combine(folder.Path, "below")])
            {
                var refusal = await Assert.ThrowsAsync<SecureUserDataException>(
                    () => EmbeddedEngine.CreateAsync(path, MasterKeyRing.Parse(DataFolder.Masters)));
                Assert.Equal(ErrorCode.Unavailable, refusal.Code);
                Assert.Contains("check the permissions", refusal.Message, StringComparison.Ordinal);
            }
        });
        Assert.Empty(Directory.GetFileSystemEntries(folder.Path));
        File.SetUnixFileMode(folder.Path, MayRead | MayEnter | MayWrite);
    }
}
