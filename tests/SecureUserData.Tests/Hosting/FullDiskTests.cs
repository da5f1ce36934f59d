using SecureUserData.Conformance;
using SecureUserData.Cryptography;
using SecureUserData.Embedded;
using SecureUserData.Embedded.Sqlite;
using SecureUserData.Tests.Integrity;

namespace SecureUserData.Tests.Hosting;

/// <summary>A disk that is full: the engine says so and ends well, and what it has acknowledged is there.</summary>
public sealed class FullDiskTests(Scene scene) : IClassFixture<Scene>
{
    private const int RecordLength = 30_000;
    private const string Full = "disk is full";

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_full_disk_closes_the_engine_and_after_room_was_made_all_is_there()
    {
        using var disk = new SmallDisk(8);
        using var folder = OnDisk(disk);
        var acknowledged = new List<RecordId>();
        await using (var engine = await folder.OpenAsync())
        {
            disk.Fill(butFor: 2_000_000);
            await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => PutUntilFullAsync(engine, acknowledged)));
            Assert.NotEmpty(acknowledged);
            await AssertFullAsync(() => PutAsync(engine));
            await AssertFullAsync(() => Scene.ReadAsync(engine, scene.Letters, scene.Ada)); // it could not be logged
            var ada = (await engine.SignInAsync(scene.AdaCredential)).Get(scene.Ada);
            await AssertFullAsync(() => ada.SetFieldAsync("name", "Ada King"));
        }
        RefusedFolder.AssertNothingHeld(folder);
        await AssertFullAsync(() => folder.OpenAsync()); // there is no room for anything yet
        RefusedFolder.AssertNothingHeld(folder);

        disk.MakeRoom();
        await using (var engine = await folder.OpenAsync())
        {
            await engine.VerifyLogAsync(null, Cancellation);
            var ada = (await engine.SignInAsync(scene.AdaCredential)).Get(scene.Ada);
            foreach (var record in acknowledged)
                Assert.Equal(RecordLength, (await ada.GetRecordAsync("letters", record)).Content.AsText().Length);
            Assert.Equal("ada", (await ada.GetAsync()).Fields["name"]);
            await PutAsync(engine);
        }
        Assert.Equal("ok", folder.Value<string>("PRAGMA integrity_check"));
    }

    [Fact]
    public async Task An_installation_that_finds_no_room_is_not_there_and_can_be_set_up_later()
    {
        using var disk = new SmallDisk(2);
        using var folder = new DataFolder(disk.Folder);
        using var masters = MasterKeyRing.Parse(DataFolder.Masters);
        for (var room = 0; ; room += 20_000)
        {
            disk.Fill(butFor: room);
            NewInstallation? made = null;
            try
            {
                made = await EmbeddedEngine.CreateAsync(
                    folder.Path, masters, new EmbeddedOptions { Time = new FakeClock() });
            }
            catch (SecureUserDataException e)
            {
                Assert.Equal(ErrorCode.Unavailable, e.Code);
                Assert.Contains("room", e.Message, StringComparison.Ordinal);
                Assert.False(EmbeddedEngine.Exists(folder.Path), $"with {room} bytes something was left behind");
            }
            disk.MakeRoom();
            if (made is null) continue;
            Assert.True(room > 0, "the disk was not full");
            await made.Engine.SignInAsync(made.OperatorCredential);
            await made.Engine.DisposeAsync();
            break;
        }
    }

    [Fact]
    public async Task Writing_goes_on_in_the_log_while_there_is_no_room_to_fold_it()
    {
        using var disk = new SmallDisk(160);
        using var folder = new DataFolder(disk.Folder);
        var rows = 0;
        using (var writer = new SqliteWriter(SqliteFile.OpenWriter(folder.Database, create: true)))
        {
            writer.Start();
            using (var reader = SqliteFile.OpenReader(folder.Database))
            {
                SqliteFile.Execute(reader, "BEGIN; SELECT count(*) FROM record"); // nothing is folded meanwhile
                for (; rows < 45; rows++) await InsertAsync(writer, rows);
            }
            var length = new FileInfo(folder.Log).Length;
            for (; new FileInfo(folder.Database).Length < length; rows++) await InsertAsync(writer, rows);
            disk.Fill(butFor: 0);
            for (var more = 0; more < 30; more++) await InsertAsync(writer, rows++); // it is due to be folded after 16
            await AssertFullAsync(async () =>
            {
                while (rows < 200) await InsertAsync(writer, rows++);
            });
            rows--;
        }
        disk.MakeRoom();
        SqliteFile.OpenWriter(folder.Database, create: false).Dispose();
        Assert.Equal(rows, folder.Value<long>("SELECT count(*) FROM record"));
        Assert.Equal("ok", folder.Value<string>("PRAGMA integrity_check"));
    }

    [Fact]
    public async Task A_disk_that_is_read_only_is_refused_and_opens_when_it_can_be_written()
    {
        using var disk = new SmallDisk(8);
        using var folder = OnDisk(disk);
        disk.MakeReadOnly();
        var refusal = await Assert.ThrowsAsync<SecureUserDataException>(() => folder.OpenAsync());
        Assert.Equal(ErrorCode.Unavailable, refusal.Code);
        Assert.Contains("read-only", refusal.Message, StringComparison.Ordinal);
        disk.MakeWritable();
        await using var engine = await folder.OpenAsync();
    }

    private DataFolder OnDisk(SmallDisk disk)
    {
        using var copy = scene.Copy();
        var folder = new DataFolder(disk.Folder);
        File.Copy(copy.Database, folder.Database);
        return folder;
    }

    private async Task PutUntilFullAsync(EmbeddedEngine engine, List<RecordId> acknowledged)
    {
        await AssertFullAsync(async () =>
        {
            while (true)
            {
                var record = await PutAsync(engine);
                lock (acknowledged) acknowledged.Add(record);
            }
        });
    }

    private async Task<RecordId> PutAsync(EmbeddedEngine engine) =>
        await (await engine.SignInAsync(scene.Shop.Credential)).Get(scene.Ada)
            .PutRecordAsync("letters", RecordContent.Text(new string('x', RecordLength)));

    private static Task<int> InsertAsync(SqliteWriter writer, int row) =>
        writer.WriteAsync((row, envelope: new byte[1_000_000]), static (w, put) => w.Prepare(
            "INSERT INTO record (user, collection, id, envelope) VALUES ('u', 'c', $1, $2)")
            .Run($"{put.row}", put.envelope));

    private static async Task AssertFullAsync(Func<Task> call)
    {
        var failure = await Assert.ThrowsAsync<SecureUserDataException>(call);
        Assert.Equal(ErrorCode.Unavailable, failure.Code);
        Assert.Contains(Full, failure.Message, StringComparison.Ordinal);
    }
}
