using System.Collections.Frozen;
using System.Reflection;

namespace SecureUserData.Client.Wire;

/// <summary>The types that go over the wire: those that the methods of grain interfaces take and return, and no
/// others, so that nobody has something else made from what he sends.</summary>
internal sealed class WireTypes
{
    private readonly FrozenSet<Type> _codecs;
    private readonly FrozenSet<Type> _allowed;

    /// <param name="interfaces">The grain interfaces.</param>
    internal WireTypes(IEnumerable<Type> interfaces)
    {
        // The runtime writes some collections itself, item by item.
        var types = interfaces.SelectMany(WithInherited).SelectMany(Types).SelectMany(Parts).Where(IsOurs).ToHashSet();
        _codecs = types.ToFrozenSet();
        _allowed = types.SelectMany(Parts).ToFrozenSet();
    }

    /// <summary>The types that are written as JSON.</summary>
    internal IEnumerable<Type> All => _codecs;

    /// <summary>Whether a value of this declared type is written as JSON.</summary>
    internal bool HasCodec(Type type) => _codecs.Contains(type);

    /// <summary>Whether a name of this type may stand in a message.</summary>
    internal bool IsAllowed(Type type) => _allowed.Contains(type);

    private static IEnumerable<Type> WithInherited(Type type) => type.GetInterfaces().Append(type);

    private static IEnumerable<Type> Types(Type contract) => contract.GetMethods()
        .SelectMany(method => method.GetParameters().Select(parameter => parameter.ParameterType)
            .Append(Result(method)))
        .OfType<Type>();

    private static Type? Result(MethodInfo method) =>
        method.ReturnType.IsGenericType && method.ReturnType.GetGenericTypeDefinition() == typeof(Task<>)
            ? method.ReturnType.GetGenericArguments()[0]
            : null;

    /// <summary>Whether it is a type of ours, or a collection: the runtime knows simple types itself.</summary>
    private static bool IsOurs(Type type) => type.IsGenericType
        ? type.GetGenericTypeDefinition() is var generic
            && (generic == typeof(IReadOnlyList<>) || generic == typeof(IReadOnlyDictionary<,>)
                || (generic == typeof(Nullable<>) && IsOurs(type.GetGenericArguments()[0]))
                || IsOurAssembly(generic))
            && !type.ContainsGenericParameters
        : IsOurAssembly(type);

    private static bool IsOurAssembly(Type type) =>
        type.Assembly.GetName().Name is "SecureUserData" or "SecureUserData.Contracts" or "SecureUserData.Client"
            or "SecureUserData.Vault";

    private static IEnumerable<Type> Parts(Type type) => type.IsGenericType
        ? type.GetGenericArguments().SelectMany(Parts).Append(type).Append(type.GetGenericTypeDefinition())
        : [type];
}
