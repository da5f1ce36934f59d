using SecureUserData.Conformance;
using SecureUserData.Conformance.Vault;
using SecureUserData.Vault.Items;
using SecureUserData.Vault.Ledger;

namespace SecureUserData.Vault.Tests.Attacks;

/// <summary>What every attack begins with: a vault behind a server that can lie.</summary>
public abstract class VaultAttack : VaultConformance
{
    private protected VaultAttack(EngineFixture fixture)
        : base(fixture) => Server = new DishonestServer(fixture.Engine);

    private protected DishonestServer Server { get; }

    /// <summary>The same user's client behind the dishonest server, which believes what it believed before.</summary>
    private protected Task<VaultClient> VictimAsync(VaultClient client) =>
        VaultClient.ConnectAsync(Server, client.Keys, client.Trust, Clock);

    /// <summary>The same user on another machine, which has seen nothing of the vault yet.</summary>
    private protected Task<VaultClient> FreshAsync(VaultClient client) => VaultClient.ConnectAsync(
        Server, client.Keys, new VaultTrust(client.Trust.Vault, client.Trust.Root), Clock);

    /// <summary>What a user signs with a program of his own that knows no rules.</summary>
    private protected static Signed Sign(VaultClient client, byte[] body) => new(body, client.Keys.Signing.Sign(body));

    private protected Signed Sign(VaultClient client, VaultAct act) => Sign(client, new SignedAct(
        client.Trust.Vault, client.Ledger.Head, Clock.GetUtcNow(), client.Me, act).ToBody());

    /// <summary>The version of an item after one, by whoever likes.</summary>
    private protected Signed Next(VaultClient signer, SeenItem item, ItemContent content) => Sign(
        signer,
        new ItemRecord(
            signer.Trust.Vault, item.Id, item.Record.Version + 1, ItemRecord.HashOf(item.View.Record.Body),
            signer.Ledger.Head, Clock.GetUtcNow(), signer.Me, content).ToBody());

    /// <summary>A secret as its signer makes it, member or not.</summary>
    private protected VaultText SecretOf(
        VaultClient signer, SeenItem item, long version, VaultGroupId group, string content)
    {
        using var key = TextKey.Generate();
        using var access = key.AccessKey();
        var (vault, now, kind) = (signer.Trust.Vault, Clock.GetUtcNow(), VaultTextKind.Secret);
        var ciphertext = key.Encrypt(Bytes(content), SealedText.Binding(vault, item.Id, kind, version));
        var text = new SealedText(
            vault, item.Id, kind, version, signer.Ledger.Head, now, signer.Me, access.PublicKey.ToArray(),
            System.Security.Cryptography.SHA256.HashData(ciphertext));
        return new VaultText(
            Sign(signer, text.ToBody()), ciphertext, [SealOf(signer, item, kind, version, group, key.Bytes)]);
    }

    /// <summary>Whatever bytes, sealed to a group's newest key.</summary>
    private protected Signed SealOf(
        VaultClient signer, SeenItem item, VaultTextKind kind, long version, VaultGroupId group,
        ReadOnlySpan<byte> bytes)
    {
        var to = signer.Ledger.Group(group);
        var seal = new Seal(
            signer.Trust.Vault, (SealPurpose)kind, group, to.KeyVersion, $"{item.Id}", version, signer.Ledger.Head,
            Clock.GetUtcNow(), signer.Me, []);
        seal = seal with { Bytes = Hpke.Seal(to.Key, seal.Info(), seal.Binding(to.Key), bytes) };
        return Sign(signer, seal.ToBody());
    }

    private protected static Task<SecureUserDataException> TamperedAsync(Func<Task> call) =>
        RefusedAsync(ErrorCode.Tampered, call);
}
