using SecureUserData.Embedded;

namespace SecureUserData.Tests.Integrity;

/// <summary>The files as a crash leaves them: the database and a write-ahead log with everything in it that was
/// acknowledged since.</summary>
internal static class CrashedFolder
{
    /// <summary>Opens a copy of the scene, puts records for Ada, and copies the files while it is open.</summary>
    /// <param name="scene">What there is before.</param>
    /// <param name="records">How many records; all are acknowledged.</param>
    internal static async Task<DataFolder> MakeAsync(Scene scene, int records = 20)
    {
        using var folder = scene.Copy();
        await using var engine = await folder.OpenAsync();
        await PutAsync(engine, scene, records);
        return Copy(folder);
    }

    internal static async Task PutAsync(EmbeddedEngine engine, Scene scene, int records)
    {
        var shop = await engine.SignInAsync(scene.Shop.Credential);
        for (var i = 0; i < records; i++)
            await shop.Get(scene.Ada).PutRecordAsync("letters", RecordContent.Text($"letter {i}"));
    }

    internal static async Task<int> CountAsync(EmbeddedEngine engine, Scene scene) =>
        (await (await engine.SignInAsync(scene.AdaCredential)).Get(scene.Ada)
            .ListRecordsAsync("letters", limit: Limits.PageItems)).Items.Count;

    /// <summary>Copies the files of an engine at rest.</summary>
    internal static DataFolder Copy(DataFolder folder)
    {
        var copy = folder.Copy();
        File.Copy(folder.Log, copy.Log);
        return copy;
    }
}
