using System.Text.Json;
using SecureUserData.Vault.Ledger;

namespace SecureUserData.Vault;

// What is kept of it for the next time: JSON, which holds no secret. Whoever can write it can have another vault
// believed: it is kept where the key file is.
public sealed partial class VaultTrust
{
    /// <summary>The text to keep.</summary>
    public byte[] ToText() => JsonSerializer.SerializeToUtf8Bytes(new Kept(
        $"{vault}",
        root,
        Newest,
        [.. _acts.Select(act => new KeptAct(act.Body, act.Signature))],
        [.. _items.OrderBy(item => $"{item.Key}", StringComparer.Ordinal)
            .Select(item => new KeptVersion($"{item.Key}", item.Value.Version, item.Value.Hash))],
        [.. _texts.OrderBy(text => $"{text.Key}", StringComparer.Ordinal).Select(text =>
            new KeptText($"{text.Key.Item}", text.Key.Kind, text.Value.Version, text.Value.Hash))]));

    /// <summary>Reads a kept text; all acts in it are verified again.</summary>
    /// <exception cref="SecureUserDataException"><see cref="ErrorCode.Invalid"/> when it is none;
    /// <see cref="ErrorCode.Tampered"/> when an act in it does not verify.</exception>
    public static VaultTrust Parse(ReadOnlySpan<byte> text)
    {
        var kept = Read(text);
        var trust = new VaultTrust(VaultId.Parse(kept.Vault), kept.Root);
        using var signatures = new Signatures();
        foreach (var act in kept.Acts) trust.Take(new Signed(act.Body, act.Signature), signatures);
        foreach (var item in kept.Items) trust.Saw(VaultItemId.Parse(item.Item), item.Version, item.Hash);
        foreach (var sealing in kept.Texts)
            trust.SawText(VaultItemId.Parse(sealing.Item), sealing.Kind, sealing.Version, sealing.Hash);
        trust.SignedAt(kept.Newest);
        return trust;
    }

    private static Kept Read(ReadOnlySpan<byte> text)
    {
        try
        {
            return JsonSerializer.Deserialize<Kept>(text) is
                {
                    Vault: not null, Root.Length: FieldReader.HashLength,
                    Acts: not null, Items: not null, Texts: not null,
                } kept
                && kept.Acts.All(act => act is { Body: not null, Signature: not null })
                && kept.Items.All(item => item is { Item: not null, Hash.Length: FieldReader.HashLength })
                && kept.Texts.All(text => text is { Item: not null, Hash.Length: FieldReader.HashLength })
                ? kept
                : throw NotKept();
        }
        catch (JsonException)
        {
            throw NotKept();
        }
    }

    private static SecureUserDataException NotKept() => SecureUserDataException.Invalid(
        "What was kept of the vault cannot be read: restore it from a copy.");

    private sealed record Kept(
        string Vault, byte[] Root, DateTimeOffset Newest, KeptAct[] Acts, KeptVersion[] Items, KeptText[] Texts);

    private sealed record KeptAct(byte[] Body, byte[] Signature);

    private sealed record KeptText(string Item, VaultTextKind Kind, long Version, byte[] Hash);

    private sealed record KeptVersion(string Item, long Version, byte[] Hash);
}
