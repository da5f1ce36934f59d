using System.Collections.Immutable;
using SecureUserData.Vault.Ledger;

namespace SecureUserData.Vault.Items;

/// <summary>What the server and everybody in the vault may see of a customer, a machine or a service. Notes and
/// secrets are not here: those are sealed.</summary>
/// <param name="Name">The name.</param>
public sealed record ItemContent(string Name)
{
    /// <summary>Whether it is taken out of the vault.</summary>
    public bool IsRemoved { get; init; }

    /// <summary>A machine's customer.</summary>
    public VaultItemId? Customer { get; init; }

    /// <summary>The machine that a service runs on.</summary>
    public VaultItemId? Machine { get; init; }

    /// <summary>The service through which a service is reached.</summary>
    public VaultItemId? Parent { get; init; }

    /// <summary>A service's address.</summary>
    public string Url { get; init; } = "";

    /// <summary>A machine's fully qualified domain name.</summary>
    public string Fqdn { get; init; } = "";

    /// <summary>A machine's IP address.</summary>
    public string Ip { get; init; } = "";

    /// <summary>Where a machine is.</summary>
    public string Location { get; init; } = "";

    /// <summary>A service's metadata.</summary>
    public ImmutableSortedDictionary<string, string> Metadata { get; init; } =
        ImmutableSortedDictionary.Create<string, string>(StringComparer.Ordinal);

    /// <summary>The groups whose members read the secret and the notes, each once, in order.</summary>
    public ImmutableArray<VaultGroupId> Groups { get; init; } = [];

    /// <summary>Whether no text in it has control or format characters, by this machine's tables of Unicode. A server
    /// asks for it; by the rules that everybody checks, whatever machine, only a fixed list of them is refused.
    /// </summary>
    public bool IsPlain =>
        new[] { Name, Url, Fqdn, Ip, Location }.Concat(Metadata.Keys).Concat(Metadata.Values).All(PlainText.IsPlain);

    /// <summary>The same in other groups.</summary>
    public ItemContent In(IEnumerable<VaultGroupId> groups) => this with
    {
        Groups = [.. groups.Distinct().OrderBy(group => $"{group}", StringComparer.Ordinal)],
    };

    /// <summary>Whether both say the same.</summary>
    public bool IsSame(ItemContent other) => ToBytes().AsSpan().SequenceEqual(other.ToBytes());

    /// <summary>The bytes that are signed.</summary>
    public byte[] ToBytes()
    {
        var fields = new FieldWriter();
        Write(fields);
        return fields.ToArray();
    }

    /// <summary>Reads what <see cref="ToBytes"/> writes.</summary>
    /// <exception cref="SecureUserDataException"><see cref="ErrorCode.Invalid"/> when it is nothing like that.
    /// </exception>
    public static ItemContent FromBytes(ReadOnlySpan<byte> bytes)
    {
        var fields = new FieldReader(bytes);
        var content = Read(ref fields);
        fields.End();
        return content;
    }

    internal void Write(FieldWriter fields)
    {
        fields.Text(Name).Flag(IsRemoved).Text($"{Customer}").Text($"{Machine}").Text($"{Parent}")
            .Text(Url).Text(Fqdn).Text(Ip).Text(Location).Number(Metadata.Count);
        foreach (var (key, value) in Metadata) fields.Text(key).Text(value);
        fields.Number(Groups.Length);
        foreach (var group in Groups) fields.Text($"{group}");
    }

    internal static ItemContent Read(ref FieldReader fields)
    {
        var content = new ItemContent(fields.Text())
        {
            IsRemoved = fields.Flag(),
            Customer = Link(fields.Text()),
            Machine = Link(fields.Text()),
            Parent = Link(fields.Text()),
            Url = fields.Text(),
            Fqdn = fields.Text(),
            Ip = fields.Text(),
            Location = fields.Text(),
        };
        var metadata = content.Metadata.ToBuilder();
        string? last = null;
        for (var count = Count(ref fields); count > 0; count--)
        {
            var key = fields.Text();
            if (last is not null && string.CompareOrdinal(last, key) >= 0) throw FieldReader.Malformed();
            metadata.Add(last = key, fields.Text());
        }
        return content with { Metadata = metadata.ToImmutable(), Groups = ReadGroups(ref fields) };
    }

    private static ImmutableArray<VaultGroupId> ReadGroups(ref FieldReader fields)
    {
        var groups = ImmutableArray.CreateBuilder<VaultGroupId>();
        for (var count = Count(ref fields); count > 0; count--)
        {
            groups.Add(fields.Group());
            if (groups.Count > 1 && string.CompareOrdinal($"{groups[^2]}", $"{groups[^1]}") >= 0)
                throw FieldReader.Malformed();
        }
        return groups.ToImmutable();
    }

    private static long Count(ref FieldReader fields) =>
        fields.Number() is var count and >= 0 and <= VaultLimits.Links ? count : throw FieldReader.Malformed();

    private static VaultItemId? Link(string text) => text.Length == 0
        ? null
        : VaultItemId.TryParse(text, out var id) ? id : throw FieldReader.Malformed();
}
