using SecureUserData.AccessLog;
using SecureUserData.Applications;
using SecureUserData.Cryptography;
using SecureUserData.Embedded.Sqlite;

namespace SecureUserData.Tests.Integrity;

/// <summary>Exports and certificates that somebody kept find, like anchors, that the log was set back.</summary>
public sealed class EvidenceTests(Scene scene) : IClassFixture<Scene>
{
    private const string Cut = "DELETE FROM log WHERE rowid > $1; DELETE FROM log_batch WHERE last > $1";

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task What_an_export_and_a_certificate_say_of_the_log_is_looked_for_in_it()
    {
        using var folder = scene.Copy();
        var (export, certificate) = await ExportAndEraseAsync(folder);
        const string newest = "SELECT max(rowid) FROM log WHERE chain = $1";
        var (last, bobs) = (
            folder.Value<long>(newest, $"{scene.Ada}"), folder.Value<long>(newest, $"{scene.Bob}"));
        var kept = new LogEvidence { Exports = [export], Certificates = [certificate] };
        await Evidence.CheckAsync(folder, kept);
        using var cut = folder.Copy();
        cut.Sql(Cut, last - 1); // the entry that Ada was erased, and what the certificate says is the newest batch
        using var other = folder.Copy();
        other.Sql(Cut, bobs - 1); // what Bob's export says is the newest

        await Evidence.AssertFoundAsync(
            cut,
            new LogEvidence { Certificates = [certificate] },
            $"of {scene.Ada} is shorter than the certificate of");
        await Evidence.AssertFoundAsync(
            other, new LogEvidence { Exports = [export] }, $"of {scene.Bob} is shorter than the export of");
        await Evidence.CheckAsync(cut, new LogEvidence { Exports = [export] });
    }

    [Fact]
    public async Task A_certificate_finds_that_entries_of_others_from_before_it_are_others_now()
    {
        using var folder = scene.Copy();
        var (_, certificate) = await ExportAndEraseAsync(folder);
        using var keys = await KeysAsync(folder);
        var statement = ErasureCertificate.Verify(certificate, keys.Certificates.PublicKeyPem());
        var newest = statement.LogBatch!;
        Assert.Equal(folder.Value<long>("SELECT max(rowid) FROM log_batch"), newest.Number);
        // Ada's chain as the certificate has it, in a log that is another one otherwise.
        var other = Signed(keys, statement with { LogBatch = newest with { Mac = new string('A', 43) } });
        var further = Signed(keys, statement with { LogBatch = newest with { Number = 10_000, Last = 20_000 } });

        await Evidence.AssertFoundAsync(
            folder,
            new LogEvidence { Certificates = [other] },
            $"batch {newest.Number} of the access log is not the one that the certificate of");
        await Evidence.AssertFoundAsync(
            folder, new LogEvidence { Certificates = [further] }, "the access log is shorter than the certificate of");
    }

    [Fact]
    public async Task The_certificate_of_another_installation_is_refused()
    {
        var other = new Scene();
        await other.InitializeAsync();
        using var theirs = other.Copy();
        await using (var engine = await theirs.OpenAsync())
        {
            var ada = await engine.SignInAsync(other.AdaCredential);
            var certificate = (await ada.EraseAsync(other.Ada, cancellation: Cancellation)).Certificate!;
            using var folder = scene.Copy();
            await Evidence.AssertFoundAsync(
                folder, new LogEvidence { Certificates = [certificate] }, "another key than this one");
        }
        await other.DisposeAsync();
    }

    private static async Task<InstallationKeys> KeysAsync(DataFolder folder)
    {
        using var store = new SqliteStore(folder.Database, create: false);
        using var masters = MasterKeyRing.Parse(DataFolder.Masters);
        return await InstallationSetup.OpenAsync(store.Slot, masters);
    }

    private static string Signed(InstallationKeys keys, ErasureStatement statement) => keys.Certificates.Sign(
        ErasureCertificate.Kind, statement, StatementJson.Default.ErasureStatement);

    /// <summary>Bob exports, and Ada is erased.</summary>
    private async Task<(ExportHead Export, string Certificate)> ExportAndEraseAsync(DataFolder folder)
    {
        await using var engine = await folder.OpenAsync();
        using var export = new MemoryStream();
        await (await engine.SignInAsync(scene.BobCredential)).ExportAsync(export, cancellation: Cancellation);
        export.Position = 0;
        var ada = await engine.SignInAsync(scene.AdaCredential);
        var erasure = await ada.EraseAsync(scene.Ada, cancellation: Cancellation);
        return (await ExportHead.ReadAsync(export, Cancellation), erasure.Certificate!);
    }
}
