using System.Buffers.Binary;
using System.Text.Json;
using SecureUserData.Vault.Items;
using SecureUserData.Vault.Ledger;

namespace SecureUserData.Vault.Tests.Attacks;

/// <summary>What a thief has of a vault: bytes, and what is sealed in them.</summary>
internal sealed class Loot
{
    /// <summary>Fields up to this length are tried as keys at every offset; longer ones at both ends.</summary>
    private const int Short = 160;

    private readonly List<byte[]> _blobs = [];

    internal List<Seal> Seals { get; } = [];

    internal List<(VaultItemId Item, NewText Text, byte[] Ciphertext)> Texts { get; } = [];

    internal long Bytes => _blobs.Sum(blob => (long)blob.Length);

    internal void Add(byte[] blob) => _blobs.Add(blob);

    /// <summary>Adds all that went through a server: as it is on the wire, and every string of it that is base64.
    /// </summary>
    internal void Add(DishonestServer server)
    {
        foreach (var (_, sent, answer) in server.Recording)
            foreach (var part in sent.Append(answer).OfType<object>())
            {
                var json = JsonSerializer.SerializeToUtf8Bytes(part, part.GetType());
                _blobs.Add(json);
                using var document = JsonDocument.Parse(json);
                Decode(document.RootElement);
                foreach (var seal in part switch
                {
                    VaultChange change => change.Seals,
                    VaultItemChange change => change.Seals,
                    IReadOnlyList<Signed> list => list.Where(signed => IsSeal(signed.Body)),
                    _ => [],
                })
                    Seals.Add(Seal.Read(seal.Body));
                if (part is VaultItemChange { Act: { } act } put && SignedAct.Read(act.Body).Act is PutItem said)
                    Texts.AddRange(said.Texts.Select(text => (
                        said.Item, text, put.Texts.Single(sent => sent.Kind == text.Kind).Bytes)));
            }
    }

    internal bool Holds(ReadOnlySpan<byte> needle)
    {
        foreach (var blob in _blobs)
            if (blob.AsSpan().IndexOf(needle) >= 0) return true;
        return false;
    }

    /// <summary>All 32 bytes that could be a key: at every offset of short fields, and at the ends of long ones.
    /// </summary>
    internal List<byte[]> Candidates()
    {
        var found = new Dictionary<string, byte[]>();
        foreach (var field in _blobs.Distinct().SelectMany(blob => Fields(blob).Append(blob)))
            for (var at = 0; at + TextKey.Length <= field.Length; at++)
                if (field.Length <= Short || at == 0 || at == field.Length - TextKey.Length)
                    found.TryAdd(Convert.ToHexString(field, at, TextKey.Length), field[at..(at + TextKey.Length)]);
        return [.. found.Values];
    }

    /// <summary>The candidates that are the private half of one of these keys, as they are or as a text's key.
    /// </summary>
    internal int Keys(IEnumerable<byte[]> publicKeys)
    {
        var (count, known) = (0, publicKeys.Select(Convert.ToHexString).ToHashSet());
        foreach (var candidate in Candidates())
        {
            using var text = TextKey.From([.. candidate]);
            using var access = text.AccessKey();
            if (known.Contains(Convert.ToHexString(access.PublicKey))) count++;
            if (!PrivateScalar.IsValid(candidate)) continue;
            using var key = SigningKey.From(candidate);
            if (known.Contains(Convert.ToHexString(key.PublicKey))) count++;
        }
        return count;
    }

    /// <summary>Opens whatever a user's private key opens.</summary>
    /// <returns>What is in the texts, and the private keys on the way to it.</returns>
    internal (SortedSet<string> Texts, List<byte[]> Keys) Open(SealingKey user)
    {
        var keys = new List<byte[]>();
        var texts = new SortedSet<string>(StringComparer.Ordinal);
        foreach (var scalar in Seals.Select(seal => TryOpen(user, seal)).OfType<byte[]>().ToList())
        {
            keys.Add(scalar);
            using var group = SealingKey.From(scalar);
            foreach (var bytes in Seals.Select(seal => TryOpen(group, seal)).OfType<byte[]>())
            {
                keys.Add([.. bytes]);
                using var key = TextKey.From(bytes);
                using var access = key.AccessKey();
                foreach (var (item, text, ciphertext) in Texts.Where(
                    text => access.PublicKey.SequenceEqual(text.Text.AccessKey)))
                    texts.Add(System.Text.Encoding.UTF8.GetString(key.Decrypt(
                        ciphertext, NewText.Binding(Seals[0].Vault, item, text.Kind, text.Version))));
            }
        }
        return (texts, keys);
    }

    private static byte[]? TryOpen(SealingKey key, Seal seal)
    {
        try
        {
            if (seal.Purpose == SealPurpose.GroupKey)
                return Hpke.Open(key, seal.Info(), seal.Binding(key.PublicKey), seal.Bytes);
            using var receiver = new HpkeReceiver(key, seal.Info());
            return receiver.Open(seal.Binding(key.PublicKey), seal.Bytes);
        }
        catch (SecureUserDataException e) when (e.Code == ErrorCode.Tampered) // sealed for somebody else
        {
            return null;
        }
    }

    private static bool IsSeal(byte[] body) => body.AsSpan().IndexOf("vault seal v1"u8) >= 0;

    private void Decode(JsonElement element)
    {
        if (element.ValueKind == JsonValueKind.Object)
            foreach (var property in element.EnumerateObject()) Decode(property.Value);
        else if (element.ValueKind == JsonValueKind.Array)
            foreach (var item in element.EnumerateArray()) Decode(item);
        else if (element.ValueKind == JsonValueKind.String && element.TryGetBytesFromBase64(out var bytes))
            _blobs.Add(bytes);
    }

    private static IEnumerable<byte[]> Fields(byte[] body)
    {
        for (var at = 0; at + sizeof(int) <= body.Length;)
        {
            var length = BinaryPrimitives.ReadInt32BigEndian(body.AsSpan(at));
            at += sizeof(int);
            if (length < 0 || length > body.Length - at) yield break;
            yield return body[at..(at + length)];
            at += length;
        }
    }
}
