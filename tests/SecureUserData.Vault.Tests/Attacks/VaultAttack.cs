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

    /// <summary>A new version of a secret as its signer makes it, member or not.</summary>
    private protected (NewText Text, VaultCiphertext Ciphertext, Signed Seal) SecretOf(
        VaultClient signer, LedgerItem item, long version, VaultGroupId group, string content)
    {
        using var key = TextKey.Generate();
        using var access = key.AccessKey();
        const VaultTextKind Kind = VaultTextKind.Secret;
        var ciphertext = key.Encrypt(Bytes(content), NewText.Binding(signer.Trust.Vault, item.Id, Kind, version));
        return (
            new NewText(
                Kind, version, access.PublicKey.ToArray(), key.Commitment(),
                System.Security.Cryptography.SHA256.HashData(ciphertext)),
            new VaultCiphertext(Kind, version, ciphertext),
            SealOf(signer, item, Kind, version, group, key.Bytes));
    }

    /// <summary>Shows one act more than the honest server, whose chain somebody else has seen to its end.</summary>
    private protected void Show(VaultClient seen, Signed act)
    {
        var head = seen.Ledger.Head;
        Server.Lie<VaultHead>(nameof(IVault.GetHeadAsync), (_, _) => SignedAct.Next(head, act.Body));
        Server.Lie<IReadOnlyList<Signed>>(
            nameof(IVault.ListActsAsync), (sent, acts) => (long)sent[0]! <= head.Sequence ? [.. acts, act] : acts);
    }

    /// <summary>Shows one act more, and demands that it is refused and not remembered.</summary>
    private protected async Task AssertNotBelievedAsync(VaultClient honest, string what, Signed act)
    {
        var victim = await FreshAsync(honest);
        Show(honest, act);
        var refused = await Xunit.Record.ExceptionAsync(victim.RefreshAsync);
        Assert.True(refused is SecureUserDataException { Code: ErrorCode.Tampered }, $"{what}: {refused}");
        Assert.True(victim.Ledger.Head.IsSame(honest.Ledger.Head), $"{what}: it is remembered");
        Server.TellTheTruth();
    }

    /// <summary>Whatever bytes, sealed to a group's newest key.</summary>
    private protected Signed SealOf(
        VaultClient signer, LedgerItem item, VaultTextKind kind, long version, VaultGroupId group,
        ReadOnlySpan<byte> bytes)
    {
        var to = signer.Ledger.Group(group);
        var seal = new Seal(
            signer.Trust.Vault, (SealPurpose)kind, group, to.KeyVersion, $"{item.Id}", version, signer.Ledger.Head,
            Clock.GetUtcNow(), signer.Me, []);
        using var recipient = SealingPublicKey.From(to.Key);
        using var sender = new HpkeSender(recipient, seal.Info());
        return Sign(signer, (seal with { Bytes = sender.Seal(seal.Binding(to.Key), bytes) }).ToBody());
    }

    private protected static Task<SecureUserDataException> TamperedAsync(Func<Task> call) =>
        RefusedAsync(ErrorCode.Tampered, call);
}
