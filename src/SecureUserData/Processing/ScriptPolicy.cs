using System.Buffers.Binary;
using System.Buffers.Text;
using System.Collections.Immutable;
using System.Security.Cryptography;
using System.Text;
using SecureUserData.Access;

namespace SecureUserData.Processing;

/// <summary>What a script may say, what its notice is, and when a new version only narrows.</summary>
internal static class ScriptPolicy
{
    /// <summary>The text with lists of its own, once it has been checked.</summary>
    internal static ScriptText Check(ScriptText? text)
    {
        if (text is null) throw SecureUserDataException.Invalid("The script's text is missing.");
        Names.CheckText(text.Name, "name of the script", Limits.TitleLength);
        Names.CheckText(text.Purpose, "purpose", Limits.TextLength);
        Names.CheckText(text.Retention, "retention", Limits.TextLength);
        if (!Enum.IsDefined(text.LegalBasis))
            throw SecureUserDataException.Invalid("The legal basis is not one of those in GDPR Art. 6: name one.");
        if (text.Recipients is null)
            throw SecureUserDataException.Invalid("The recipients are missing: pass an empty list.");
        text = text with
        {
            Fields = Names.CheckAll(text.Fields, "field"),
            Collections = Names.CheckAll(text.Collections, "collection"),
            Recipients = [.. text.Recipients],
        };
        text = text with { Masks = MaskScope.Check(text) };
        if (text.Fields.Count + text.Collections.Count == 0)
            throw SecureUserDataException.Invalid(
                "The script asks for nothing: name at least one field or collection.");
        if (text.Recipients.Count > Limits.Recipients)
            throw SecureUserDataException.Invalid($"A script has at most {Limits.Recipients} recipients.");
        foreach (var recipient in text.Recipients) Names.CheckText(recipient, "recipient", Limits.TextLength);
        return text;
    }

    /// <summary>SHA-256, in base64url, over the length-prefixed parts of the text: what a user decides on.</summary>
    internal static string Notice(ScriptText text)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        Add(["notice/1", text.Name, text.Purpose, text.LegalBasis.ToString(), text.Retention]);
        Add(text.Fields);
        Add(text.Collections);
        Add(text.Recipients);
        if (MaskScope.Words(text) is { Count: > 0 } masks) Add(masks);
        return Base64Url.EncodeToString(hash.GetHashAndReset());

        void Add(IReadOnlyList<string> parts)
        {
            Number(parts.Count);
            foreach (var part in parts)
            {
                var bytes = Encoding.UTF8.GetBytes(part);
                Number(bytes.Length);
                hash.AppendData(bytes);
            }
        }

        void Number(int number)
        {
            Span<byte> bytes = stackalloc byte[4];
            BinaryPrimitives.WriteInt32BigEndian(bytes, number);
            hash.AppendData(bytes);
        }
    }

    /// <summary>Whether a version asks for no more than the one before and says the same about everything
    /// else.</summary>
    internal static bool OnlyNarrows(ScriptText before, ScriptText after) =>
        after.Name == before.Name
        && after.Purpose == before.Purpose
        && after.LegalBasis == before.LegalBasis
        && after.Retention == before.Retention
        && after.Recipients.SequenceEqual(before.Recipients)
        && !after.Fields.Except(before.Fields).Any()
        && !after.Collections.Except(before.Collections).Any()
        && MaskScope.OnlyNarrows(before, after);

    /// <summary>The first version whose decisions still hold: every version after it only narrows.</summary>
    internal static int NarrowsSince(ImmutableArray<ScriptVersionState> versions)
    {
        var version = versions.Length;
        while (version > 1 && OnlyNarrows(versions[version - 2].Text, versions[version - 1].Text)) version--;
        return version;
    }
}
