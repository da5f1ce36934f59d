namespace SecureUserData.Vault.Items;

/// <summary>What an item may say. Whether the items that it names are there, and whether others name it, is checked
/// where they are kept.</summary>
internal static class ContentRules
{
    private const int ShortText = 255;
    private const int LongText = 2_048;

    /// <exception cref="SecureUserDataException"><see cref="ErrorCode.Invalid"/>.</exception>
    internal static void Check(VaultItemId id, ItemContent content)
    {
        Text(content.Name, "name", ShortText, isNeeded: true);
        Text(content.Url, "URL", LongText);
        Text(content.Fqdn, "domain name", ShortText);
        Text(content.Ip, "IP address", ShortText);
        Text(content.Location, "location", ShortText);
        foreach (var (key, value) in content.Metadata)
        {
            Text(key, "name of a metadata entry", Limits.NameLength, isNeeded: true);
            Text(value, "metadata entry", LongText);
        }
        if (content.Metadata.Count > VaultLimits.Links || content.Groups.Length > VaultLimits.Links)
            throw SecureUserDataException.Invalid(
                $"An item has at most {VaultLimits.Links} groups and as many metadata entries: name fewer.");
        Link(content.Customer, VaultItemKind.Customer, "customer");
        Link(content.Machine, VaultItemKind.Machine, "machine");
        Link(content.Parent, VaultItemKind.Service, "parent service");
        if (content.Parent == id) throw SecureUserDataException.Invalid("A service is not reached through itself.");
        var (isMachine, isService) = (id.Kind == VaultItemKind.Machine, id.Kind == VaultItemKind.Service);
        if (!isMachine && (content.Customer is not null || content.Fqdn + content.Ip + content.Location != ""))
            throw SecureUserDataException.Invalid("A customer, domain name, address and location are a machine's.");
        if (!isService && (content.Machine is not null || content.Parent is not null
            || content.Url != "" || content.Metadata.Count > 0))
            throw SecureUserDataException.Invalid("A machine, parent, URL and metadata are a service's.");
        if (isMachine && content.Customer is null)
            throw SecureUserDataException.Invalid("A machine belongs to a customer: name one.");
        if (isService && content.Groups.Length == 0)
            throw SecureUserDataException.Invalid("A service is in one group at least: name one.");
    }

    private static void Link(VaultItemId? link, VaultItemKind kind, string what)
    {
        if (link is { } there && there.Kind != kind)
            throw SecureUserDataException.Invalid($"That is not the id of a {what}.");
    }

    private static void Text(string text, string what, int limit, bool isNeeded = false)
    {
        if (isNeeded && text.Trim(' ').Length == 0)
            throw SecureUserDataException.Invalid($"The {what} is empty: write it.");
        if (text.Length > limit)
            throw SecureUserDataException.Invalid($"The {what} has more than {limit} characters: shorten it.");
        if (!IsPlain(text))
            throw SecureUserDataException.Invalid(
                $"The {what} holds a control or format character: write plain text on one line.");
    }

    /// <summary>Whether it has none of the characters that drive a terminal or turn a text around. The list is fixed:
    /// by Unicode's tables of another year, clients could refuse what was taken before.</summary>
    private static bool IsPlain(string text)
    {
        foreach (var rune in text.EnumerateRunes())
            if (rune.Value is < 0x20 or (>= 0x7f and < 0xa0) or 0xad or 0x61c or (>= 0x200b and <= 0x200f)
                or (>= 0x2028 and <= 0x202e) or (>= 0x2060 and <= 0x206f) or 0xfeff or (>= 0xfff9 and <= 0xfffb)
                or 0xfffd or (>= 0xe0000 and <= 0xe007f))
                return false;
        return true;
    }
}
