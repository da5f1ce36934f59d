using SecureUserData.Tests.Conformance;

namespace SecureUserData.Vault.Tests.Attacks;

/// <summary>Somebody writes into the file in which a client keeps what it has seen.</summary>
public sealed class KeptTrustTests(EmbeddedFixture engine) : VaultAttack(engine), IClassFixture<EmbeddedFixture>
{
    [Fact]
    public async Task What_was_kept_is_believed_as_it_was()
    {
        using var grace = await FoundAsync();
        var service = await AddServiceAsync(grace, "Main database", await grace.AddGroupAsync("Database team"));

        var kept = VaultTrust.Parse(grace.KeepTrust(), grace.Keys);

        Assert.True(kept.Ledger.Head.IsSame(grace.Ledger.Head));
        Assert.Equal((grace.Trust.Vault, grace.Trust.Newest), (kept.Vault, kept.Newest));
        Assert.Equal(grace.Trust.Root, kept.Root);
        Assert.True(kept.Ledger.Items[service.Id].Content.IsSame(service.Content));
        using var again = await VaultClient.ConnectAsync(Engine, grace.Keys, kept, Clock);
        Assert.Equal(Password, await SecretAsync(again, service));
    }

    [Fact]
    public async Task A_byte_changed_anywhere_a_cut_and_another_users_file_are_refused()
    {
        using var grace = await FoundAsync();
        using var eve = await JoinAsync(grace, "Eve");
        var kept = grace.KeepTrust();
        for (var at = 0; at < kept.Length; at++)
        {
            kept[at] ^= 1;
            AssertTampered(kept, grace.Keys);
            kept[at] ^= 1;
        }
        foreach (var length in (int[])[0, 1, 31, 32, 36, kept.Length - 1]) AssertTampered(kept[..length], grace.Keys);
        AssertTampered([.. kept, 0], grace.Keys);
        AssertTampered(eve.KeepTrust(), grace.Keys);
        Assert.Equal(grace.Trust.Acts.Count, VaultTrust.Parse(kept, grace.Keys).Acts.Count);
        Assert.Equal(ErrorCode.Invalid, Assert.Throws<SecureUserDataException>(
            () => VaultTrust.Parse(kept.AsSpan(1), keys: null)).Code);
    }

    private static void AssertTampered(byte[] kept, UserKeys keys) => Assert.Equal(
        ErrorCode.Tampered, Assert.Throws<SecureUserDataException>(() => VaultTrust.Parse(kept, keys)).Code);
}
