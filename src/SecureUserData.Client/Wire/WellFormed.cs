using System.Collections;
using System.Collections.Concurrent;
using System.Reflection;

namespace SecureUserData.Client.Wire;

/// <summary>Looks through what is about to be sent for text that UTF-8 cannot carry: half a surrogate pair would become
/// another character on its way, and nobody would notice.</summary>
internal static class WellFormed
{
    private static readonly ConcurrentDictionary<Type, PropertyInfo[]> Properties = new();

    /// <exception cref="SecureUserDataException"><see cref="ErrorCode.Invalid"/>.</exception>
    internal static void Demand(object? value)
    {
        switch (value)
        {
            case null or ValueType or byte[] or Credential:
                break;
            case string text:
                if (HasHalfPair(text))
                    throw SecureUserDataException.Invalid("A text holds half a surrogate pair: it is not Unicode.");
                break;
            case IEnumerable<KeyValuePair<string, string?>> texts:
                foreach (var (key, text) in texts)
                {
                    Demand(key);
                    Demand(text);
                }
                break;
            case IEnumerable items:
                foreach (var item in items) Demand(item);
                break;
            default:
                foreach (var property in Properties.GetOrAdd(value.GetType(), InstanceProperties))
                    Demand(property.GetValue(value));
                break;
        }
    }

    private static bool HasHalfPair(string text)
    {
        for (var i = 0; i < text.Length; i++)
        {
            if (!char.IsSurrogate(text[i])) continue;
            if (!char.IsHighSurrogate(text[i]) || ++i == text.Length || !char.IsLowSurrogate(text[i])) return true;
        }
        return false;
    }

    /// <summary>Those that can hold text.</summary>
    private static PropertyInfo[] InstanceProperties(Type type) =>
        [.. type.GetProperties(BindingFlags.Instance | BindingFlags.Public).Where(p => !p.PropertyType.IsValueType)];
}
