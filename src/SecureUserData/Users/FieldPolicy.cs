using System.Buffers;
using System.Collections.Immutable;
using System.Text;
using SecureUserData.Access;
using SecureUserData.Cryptography;

namespace SecureUserData.Users;

/// <summary>What fields may be called and hold.</summary>
internal static class FieldPolicy
{
    internal static void Check(IReadOnlyDictionary<string, string?>? changes)
    {
        if (changes is null || changes.Count == 0)
            throw SecureUserDataException.Invalid("There is no field: name at least one.");
        if (changes.Count > Limits.FieldsPerUser)
            throw SecureUserDataException.Invalid($"A user has at most {Limits.FieldsPerUser} fields.");
        foreach (var (name, value) in changes)
        {
            Names.Check(name, "field");
            if (value is not null) CheckValue(name, value);
        }
    }

    /// <summary>Checks a whole profile after changes.</summary>
    internal static void CheckProfile(ImmutableArray<StoredField> fields)
    {
        if (fields.Length > Limits.FieldsPerUser)
            throw SecureUserDataException.Invalid(
                $"A user has at most {Limits.FieldsPerUser} fields: remove some first.");
        if (fields.Sum(field => field.Envelope.Length - Envelope.Overhead) > Limits.ProfileBytes)
            throw SecureUserDataException.Invalid(
                $"A user's fields hold at most {Limits.ProfileBytes} bytes together: put large content into records.");
    }

    internal static void CheckEncoding(string value)
    {
        if (!IsUnicode(value))
            throw SecureUserDataException.Invalid(
                "A value is not valid Unicode: it holds half a surrogate pair, or U+FFFE.");
    }

    /// <summary>UTF-16 with half a character in it cannot be stored as UTF-8 and come back the same, and U+FFFE is no
    /// character, so that it cannot be normalised.</summary>
    internal static bool IsUnicode(string value)
    {
        for (var rest = value.AsSpan(); rest.Length > 0;)
        {
            if (Rune.DecodeFromUtf16(rest, out var rune, out var length) != OperationStatus.Done
                || rune.Value == 0xFFFE)
                return false;
            rest = rest[length..];
        }
        return true;
    }

    private static void CheckValue(string name, string value)
    {
        if (string.IsNullOrWhiteSpace(value))
            throw SecureUserDataException.Invalid(
                $"The value of '{name}' is empty: leave the field out, or remove it.");
        if (value.Length > Limits.FieldValueBytes || Encoding.UTF8.GetByteCount(value) > Limits.FieldValueBytes)
            throw SecureUserDataException.Invalid(
                $"The value of '{name}' has more than {Limits.FieldValueBytes} bytes: put it into a record.");
        CheckEncoding(value);
    }
}
