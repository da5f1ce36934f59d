using System.Buffers;
using System.Text.Json;
using Orleans.Serialization;
using Orleans.Serialization.Buffers;
using Orleans.Serialization.Cloning;
using Orleans.Serialization.Codecs;
using Orleans.Serialization.Serializers;
using Orleans.Serialization.WireProtocol;

namespace SecureUserData.Client.Wire;

/// <summary>Gives the types of the contracts to the runtime: as JSON between processes, and uncopied within one,
/// because they are immutable and nobody keeps what he has handed over.</summary>
/// <param name="types">The types.</param>
internal sealed class WireCodecs(WireTypes types) : ISpecializableCodec, ISpecializableCopier, ITypeFilter
{
    bool ISpecializableCodec.IsSupportedType(Type type) => types.HasCodec(type);

    IFieldCodec ISpecializableCodec.GetSpecializedCodec(Type type) =>
        (IFieldCodec)Activator.CreateInstance(typeof(WireCodec<>).MakeGenericType(type))!;

    bool ISpecializableCopier.IsSupportedType(Type type) => types.HasCodec(type);

    IDeepCopier ISpecializableCopier.GetSpecializedCopier(Type type) =>
        (IDeepCopier)Activator.CreateInstance(typeof(WireCopier<>).MakeGenericType(type))!;

    bool? ITypeFilter.IsTypeAllowed(Type type) => types.IsAllowed(type) ? true : null;
}

/// <summary>Writes values of one declared type: a length and JSON. What a value is made into is given by the method
/// that it is passed to, never by the message.</summary>
/// <typeparam name="T">The type.</typeparam>
internal sealed class WireCodec<T> : IFieldCodec<T>
{
    public void WriteField<TBufferWriter>(
        ref Writer<TBufferWriter> writer, uint fieldIdDelta, Type expectedType, T value)
        where TBufferWriter : IBufferWriter<byte>
    {
        if (value is null)
        {
            ReferenceCodec.WriteNullReference(ref writer, fieldIdDelta);
            return;
        }
        ReferenceCodec.MarkValueField(writer.Session);
        var json = JsonSerializer.SerializeToUtf8Bytes(value, WireJson.Options);
        writer.WriteFieldHeader(fieldIdDelta, expectedType, typeof(T), WireType.LengthPrefixed);
        writer.WriteVarUInt32((uint)json.Length);
        writer.Write(json);
    }

    public T ReadValue<TInput>(ref Reader<TInput> reader, Field field)
    {
        if (field.IsReference) return ReferenceCodec.ReadReference<T, TInput>(ref reader, field);
        field.EnsureWireType(WireType.LengthPrefixed);
        ReferenceCodec.MarkValueField(reader.Session);
        var json = reader.ReadBytes(reader.ReadVarUInt32());
        return JsonSerializer.Deserialize<T>(json, WireJson.Options)!;
    }
}

/// <summary>Hands a value over as it is.</summary>
/// <typeparam name="T">The type.</typeparam>
internal sealed class WireCopier<T> : IDeepCopier<T>
{
    public T DeepCopy(T input, CopyContext context) => input;
}
