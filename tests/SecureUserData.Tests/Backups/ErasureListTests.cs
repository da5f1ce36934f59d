using SecureUserData.Conformance;
using SecureUserData.Cryptography;
using SecureUserData.Embedded;
using SecureUserData.Tests.Integrity;

namespace SecureUserData.Tests.Backups;

/// <summary>The erasure list in its files: whole after a crash, in two places, and caught up with when it was not
/// there.</summary>
public sealed class ErasureListTests(Scene scene) : IClassFixture<Scene>
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_reported_certificate_is_a_line_of_the_list()
    {
        using var folder = scene.Copy();

        var ada = await EraseAsync(folder, scene.Ada);
        var bob = await EraseAsync(folder, scene.Bob);
        await EraseAsync(folder, scene.Bob); // again: the list does not grow

        Assert.Equal($"{ada}\n{bob}\n", File.ReadAllText(List(folder)));
        if (!OperatingSystem.IsWindows())
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(List(folder)));
    }

    [Fact]
    public async Task A_line_that_a_crash_has_torn_off_is_cut_away_and_costs_nothing_else()
    {
        using var folder = scene.Copy();
        var ada = await EraseAsync(folder, scene.Ada);
        File.AppendAllText(List(folder), ada[..(ada.Length / 2)]);
        using var place = new BackupPlace();
        Assert.Equal(1, (await place.CreateAsync(folder)).ErasuresListed);
        Assert.Equal($"{ada}\n", File.ReadAllText(place.Erasures));

        var bob = await EraseAsync(folder, scene.Bob);

        Assert.Equal($"{ada}\n{bob}\n", File.ReadAllText(List(folder)));
    }

    [Fact]
    public async Task A_whole_line_without_its_end_stays()
    {
        using var folder = scene.Copy();
        var ada = await EraseAsync(folder, scene.Ada);
        File.WriteAllText(List(folder), ada);

        var bob = await EraseAsync(folder, scene.Bob);

        Assert.Equal($"{ada}\n{bob}\n", File.ReadAllText(List(folder)));
    }

    [Fact]
    public async Task Erasures_of_before_there_was_a_list_are_added_when_the_engine_is_opened()
    {
        using var folder = scene.Copy();
        var ada = await EraseAsync(folder, scene.Ada);
        var bob = await EraseAsync(folder, scene.Bob);
        File.WriteAllText(List(folder), ada + "\n");

        await using (await folder.OpenAsync())
        {
        }
        Assert.Equal($"{ada}\n{bob}\n", File.ReadAllText(List(folder)));
        File.Delete(List(folder));
        await using (await folder.OpenAsync())
        {
        }
        Assert.Equal(
            new[] { ada, bob }.Order(StringComparer.Ordinal),
            File.ReadAllLines(List(folder)).Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task A_second_place_holds_the_same_and_no_erasure_is_finished_without_it()
    {
        using var folder = scene.Copy();
        using var elsewhere = new DataFolder();
        var ada = await EraseAsync(folder, scene.Ada);
        var mounted = Path.Combine(elsewhere.Path, "mounted");
        Directory.CreateDirectory(mounted);
        var options = new EmbeddedOptions { Time = new FakeClock(), ErasureList = Path.Combine(mounted, "list") };

        await using var engine = await EmbeddedEngine.OpenAsync(
            folder.Path, MasterKeyRing.Parse(DataFolder.Masters), options);
        Assert.Equal(ada + "\n", File.ReadAllText(options.ErasureList)); // it has caught up
        var shop = await engine.SignInAsync(scene.Shop.Credential);
        Directory.Move(mounted, mounted + "-not");
        var refusal = await Assert.ThrowsAsync<SecureUserDataException>(
            () => shop.EraseAsync(scene.Bob, cancellation: Cancellation));
        Assert.Equal(ErrorCode.Unavailable, refusal.Code);
        Assert.Contains(options.ErasureList, refusal.Message, StringComparison.Ordinal);
        Assert.Null((await shop.Get(new ErasureId(scene.Bob)).GetAsync())!.Certificate);

        Directory.Move(mounted + "-not", mounted);
        var bob = await shop.EraseAsync(scene.Bob, cancellation: Cancellation);

        Assert.Equal($"{ada}\n{bob.Certificate}\n", File.ReadAllText(options.ErasureList));
        Assert.Contains(bob.Certificate!, File.ReadAllLines(List(folder)));
    }

    internal static string List(DataFolder folder) => Path.Combine(folder.Path, "sud.erasures");

    private async Task<string> EraseAsync(DataFolder folder, UserId user)
    {
        await using var engine = await folder.OpenAsync();
        var shop = await engine.SignInAsync(scene.Shop.Credential);
        return (await shop.EraseAsync(user, cancellation: Cancellation)).Certificate!;
    }
}
