using System.Collections.Immutable;

namespace SecureUserData.Processing;

/// <summary>The masks in the scope of a script.</summary>
internal static class MaskScope
{
    internal static readonly IReadOnlyDictionary<string, FieldMask> None =
        ImmutableSortedDictionary.Create<string, FieldMask>(StringComparer.Ordinal);

    /// <summary>A copy of the text's masks, each checked: it is the copy that is used.</summary>
    internal static IReadOnlyDictionary<string, FieldMask> Check(ScriptText text)
    {
        if (text.Masks is null) throw SecureUserDataException.Invalid("The masks are missing: pass an empty set.");
        var masks = new Dictionary<string, FieldMask>(StringComparer.Ordinal); // whatever the caller's compares by
        foreach (var (field, mask) in text.Masks)
        {
            if (!text.Fields.Contains(field))
                throw SecureUserDataException.Invalid(
                    "There is a mask for a field that the script does not ask for: name the field too.");
            if (!Enum.IsDefined(mask)) throw SecureUserDataException.Invalid("A mask is not one: name one.");
            if (!masks.TryAdd(field, mask))
                throw SecureUserDataException.Invalid("A field has two masks: name one.");
        }
        return masks.ToImmutableSortedDictionary(StringComparer.Ordinal);
    }

    /// <summary>The masks of some of the text's fields, as a decision holds them: null for none.</summary>
    internal static IReadOnlyDictionary<string, FieldMask>? Of(IReadOnlyList<string> fields, ScriptText text)
    {
        if (text.Masks.Count == 0) return null;
        var masks = text.Masks
            .Where(mask => fields.Contains(mask.Key))
            .ToImmutableSortedDictionary(StringComparer.Ordinal);
        return masks.IsEmpty ? null : masks;
    }

    /// <summary>Whether every field that stays has the mask it had, or one where it had none.</summary>
    internal static bool OnlyNarrows(ScriptText before, ScriptText after) => after.Fields.All(
        field => !before.Masks.TryGetValue(field, out var mask)
            || (after.Masks.TryGetValue(field, out var next) && next == mask));

    /// <summary>The masks as a notice has them, in the order of the fields.</summary>
    internal static IReadOnlyList<string> Words(ScriptText text) =>
    [
        .. text.Fields.Where(text.Masks.ContainsKey).Select(field => $"{field}:{text.Masks[field].Word()}"),
    ];
}
