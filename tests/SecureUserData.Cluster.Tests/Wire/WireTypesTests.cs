using System.Buffers;
using System.Collections;
using System.Collections.Immutable;
using System.Reflection;
using System.Text.Json;
using System.Text.Json.Serialization;
using Microsoft.Extensions.DependencyInjection;
using Orleans.Serialization;
using Orleans.Serialization.Buffers;
using Orleans.Serialization.Codecs;
using Orleans.Serialization.Session;
using SecureUserData.Client.Wire;
using SecureUserData.Cluster.Grains;
using SecureUserData.Vault;

namespace SecureUserData.Cluster.Tests.Wire;

/// <summary>Every type that a grain's method takes or returns keeps all on its way that is written at all.</summary>
public sealed class WireTypesTests : IDisposable
{
    private static readonly DateTimeOffset Noon = new(2026, 3, 1, 12, 0, 0, TimeSpan.FromHours(1));
    private static readonly UserId User = UserId.New();
    private static readonly VaultUserId VaultUser = VaultUserId.New();
    private static readonly VaultGroupId VaultGroup = VaultGroupId.New();
    private static readonly VaultItemId VaultItem = VaultItemId.New(VaultItemKind.Service);
    private static readonly AppId App = AppId.New();
    private static readonly ScriptId Script = ScriptId.New();
    private static readonly RecordId Record = RecordId.New();

    private readonly ServiceProvider _runtime = new ServiceCollection()
        .AddSerializer()
        .AddWire(WireRegistration.PublicInterfaces.Concat(InternalGrain.Interfaces))
        .BuildServiceProvider();

    public static TheoryData<Type> Types =>
        [.. new WireTypes(WireRegistration.PublicInterfaces.Concat(InternalGrain.Interfaces)).All];

    public void Dispose() => _runtime.Dispose();

    [Theory]
    [MemberData(nameof(Types))]
    public void What_is_written_is_read_again(Type type)
    {
        foreach (var isFull in (bool[])[true, false])
        {
            var value = Make(type, isFull);
            var json = JsonSerializer.Serialize(value, type, WireJson.Options);
            var read = JsonSerializer.Deserialize(json, type, WireJson.Options);
            Assert.Equal(json, JsonSerializer.Serialize(read, type, WireJson.Options));
            AssertSame(value, read, type.Name);
        }
    }

    [Theory]
    [MemberData(nameof(Types))]
    public void What_the_runtime_writes_it_reads_again(Type type)
    {
        var carry = GetType().GetMethod(nameof(Carry), BindingFlags.Instance | BindingFlags.NonPublic)!
            .MakeGenericMethod(type);
        foreach (var isFull in (bool[])[true, false])
        {
            var value = Make(type, isFull);
            AssertSame(value, carry.Invoke(this, [value]), type.Name);
        }
        if (!type.IsValueType) Assert.Null(carry.Invoke(this, [null]));
    }

    /// <summary>A newer silo may write more than this one knows.</summary>
    [Fact]
    public void What_is_not_known_is_left_out()
    {
        var selection = Newer<Selection>(["email"]);
        Assert.Equal(["email"], selection.Fields);
        Assert.Equal((null, null), (selection.Collection, selection.Cursor));

        var reading = Newer<Reading>(["email", "ada@example.org"]);
        Assert.Equal([KeyValuePair.Create("email", "ada@example.org")], reading.Fields);
        Assert.Null(reading.Records);
    }

    /// <summary>Reads what has some texts first, and then one that nobody knows.</summary>
    private T Newer<T>(IReadOnlyList<string> first)
    {
        var written = new ArrayBufferWriter<byte>();
        using (var session = _runtime.GetRequiredService<SerializerSessionPool>().GetSession())
        {
            var writer = Writer.Create(written, session);
            writer.WriteStartObject(0, typeof(T), typeof(T));
            foreach (var text in first) StringCodec.WriteField(ref writer, 0, text);
            StringCodec.WriteField(ref writer, 9, "what nobody knows yet");
            writer.WriteEndObject();
            writer.Commit();
        }
        return _runtime.GetRequiredService<Serializer<T>>().Deserialize(written.WrittenMemory);
    }

    private T Carry<T>(T value)
    {
        var serializer = _runtime.GetRequiredService<Serializer<T>>();
        return serializer.Deserialize(serializer.SerializeToArray(value));
    }

    /// <summary>A value with everything in it, or with as little as there can be.</summary>
    private static object? Make(Type type, bool isFull)
    {
        if (Nullable.GetUnderlyingType(type) is { } underlying) return isFull ? Make(underlying, true) : null;
        if (type == typeof(string)) return isFull ? "ä \"text\"\n" : "";
        if (type == typeof(int) || type == typeof(long)) return Convert.ChangeType(isFull ? 7 : 0, type);
        if (type == typeof(bool)) return isFull;
        if (type == typeof(byte[])) return isFull ? new byte[] { 1, 2 } : [];
        if (type == typeof(ReadOnlyMemory<byte>)) return new ReadOnlyMemory<byte>(isFull ? [3, 4] : []);
        if (type == typeof(DateTimeOffset)) return isFull ? Noon : default;
        if (type == typeof(TimeSpan)) return isFull ? TimeSpan.FromDays(1.5) : TimeSpan.Zero;
        if (type == typeof(UserId)) return User;
        if (type == typeof(AppId)) return App;
        if (type == typeof(ScriptId)) return Script;
        if (type == typeof(RecordId)) return Record;
        if (type == typeof(VaultId)) return new VaultId(App);
        if (type == typeof(VaultUserId)) return VaultUser;
        if (type == typeof(VaultGroupId)) return VaultGroup;
        if (type == typeof(VaultItemId)) return VaultItem;
        if (type == typeof(Credential)) return new Credential("sud_usr_secret");
        if (type.IsEnum) return Enum.GetValues(type).GetValue(isFull ? Enum.GetValues(type).Length - 1 : 0);
        if (type.IsGenericType && type.GetGenericArguments() is var arguments)
        {
            if (type.GetGenericTypeDefinition() == typeof(IReadOnlyDictionary<,>))
                return MakeDictionary(arguments[0], arguments[1], isFull);
            if (type.GetGenericTypeDefinition() == typeof(ImmutableDictionary<,>))
                return typeof(ImmutableDictionary).GetMethods()
                    .Single(method => method.Name == nameof(ImmutableDictionary.CreateRange)
                        && method.GetParameters() is [var items] && items.ParameterType.Name == "IEnumerable`1")
                    .MakeGenericMethod(arguments)
                    .Invoke(null, [MakeDictionary(arguments[0], arguments[1], isFull)]);
            if (type.GetInterfaces().Append(type).Any(face =>
                face.IsGenericType && face.GetGenericTypeDefinition() == typeof(IReadOnlyList<>)))
                return MakeList(type, arguments[0], isFull);
        }
        return MakeRecord(type, isFull);
    }

    private static object MakeDictionary(Type key, Type value, bool isFull)
    {
        var dictionary = (IDictionary)Activator.CreateInstance(typeof(Dictionary<,>).MakeGenericType(key, value))!;
        if (isFull) dictionary.Add(Make(key, true)!, Make(value, true));
        if (isFull && key == typeof(string)) dictionary.Add("another", Make(value, true));
        return dictionary;
    }

    private static object MakeList(Type type, Type item, bool isFull)
    {
        var items = Array.CreateInstance(item, isFull ? 2 : 0);
        for (var i = 0; i < items.Length; i++) items.SetValue(Make(item, true), i);
        if (!type.IsValueType) return items;
        return typeof(ImmutableArray).GetMethods()
            .Single(method => method.Name == "ToImmutableArray"
                && method.GetParameters()[0].ParameterType.Name == "IEnumerable`1")
            .MakeGenericMethod(item).Invoke(null, [items])!;
    }

    private static object MakeRecord(Type type, bool isFull)
    {
        var constructor = type.GetConstructors(BindingFlags.Instance | BindingFlags.Public)
            .MaxBy(candidate => candidate.GetParameters().Length)!;
        var value = constructor.Invoke(
            [.. constructor.GetParameters().Select(parameter => Make(parameter.ParameterType, isFull))]);
        foreach (var property in Carried(type))
            if (property.CanWrite) property.SetValue(value, Make(property.PropertyType, isFull));
        return value;
    }

    private static void AssertSame(object? expected, object? actual, string place)
    {
        if (expected is null or string or UserId or AppId or ScriptId or RecordId or Enum
            or VaultId or VaultUserId or VaultGroupId or VaultItemId
            || expected.GetType().IsPrimitive)
        {
            Assert.True(Equals(expected, actual), $"{place}: {expected} and {actual}");
            return;
        }
        Assert.True(actual is not null, $"{place} is lost");
        if (expected is Credential credential)
        {
            Assert.Equal(credential.Reveal(), ((Credential)actual!).Reveal());
            return;
        }
        if (expected is ReadOnlyMemory<byte> bytes)
        {
            Assert.Equal(bytes.ToArray(), ((ReadOnlyMemory<byte>)actual!).ToArray());
            return;
        }
        if (expected is IEnumerable items)
        {
            var others = ((IEnumerable)actual!).Cast<object?>().ToList();
            var all = items.Cast<object?>().ToList();
            Assert.Equal(all.Count, others.Count);
            for (var i = 0; i < all.Count; i++) AssertSame(all[i], others[i], $"{place}[{i}]");
            return;
        }
        if (expected.GetType().Namespace is "System")
        {
            Assert.Equal(expected, actual);
            return;
        }
        foreach (var property in Carried(expected.GetType()))
            AssertSame(property.GetValue(expected), property.GetValue(actual), $"{place}.{property.Name}");
    }

    /// <summary>All but what says of itself that it is not written.</summary>
    private static IEnumerable<PropertyInfo> Carried(Type type) =>
        type.GetProperties(BindingFlags.Instance | BindingFlags.Public)
            .Where(property => !property.IsDefined(typeof(JsonIgnoreAttribute)));
}
