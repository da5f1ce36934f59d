using System.Buffers;
using Orleans.Serialization.Buffers;
using Orleans.Serialization.Cloning;
using Orleans.Serialization.Codecs;
using Orleans.Serialization.WireProtocol;

namespace SecureUserData.Client.Wire;

/// <summary>Carries our exception over the wire with its code: <c>{ code, message, cursor }</c>. What caused it and
/// where it was thrown stays in the process that threw it.</summary>
[RegisterSerializer]
[RegisterCopier]
internal sealed class ExceptionWire : IFieldCodec<SecureUserDataException>, IDeepCopier<SecureUserDataException>
{
    public void WriteField<TBufferWriter>(
        ref Writer<TBufferWriter> writer, uint fieldIdDelta, Type expectedType, SecureUserDataException value)
        where TBufferWriter : IBufferWriter<byte>
    {
        if (value is null)
        {
            ReferenceCodec.WriteNullReference(ref writer, fieldIdDelta);
            return;
        }
        ReferenceCodec.MarkValueField(writer.Session);
        writer.WriteStartObject(fieldIdDelta, expectedType, typeof(SecureUserDataException));
        Int32Codec.WriteField(ref writer, 0, (int)value.Code);
        StringCodec.WriteField(ref writer, 1, value.Message);
        StringCodec.WriteField(ref writer, 1, value.Cursor!);
        writer.WriteEndObject();
    }

    public SecureUserDataException ReadValue<TInput>(ref Reader<TInput> reader, Field field)
    {
        if (field.IsReference)
            return ReferenceCodec.ReadReference<SecureUserDataException, TInput>(ref reader, field);
        field.EnsureWireTypeTagDelimited();
        ReferenceCodec.MarkValueField(reader.Session);
        var code = ErrorCode.Unavailable;
        string? message = null;
        string? cursor = null;
        uint id = 0;
        while (true)
        {
            var header = reader.ReadFieldHeader();
            if (header.IsEndBaseOrEndObject) break;
            id += header.FieldIdDelta;
            switch (id)
            {
                case 0:
                    code = (ErrorCode)Int32Codec.ReadValue(ref reader, header);
                    break;
                case 1:
                    message = StringCodec.ReadValue(ref reader, header);
                    break;
                case 2:
                    cursor = StringCodec.ReadValue(ref reader, header);
                    break;
                default:
                    reader.ConsumeUnknownField(header);
                    break;
            }
        }
        return new SecureUserDataException(code, message ?? "") { Cursor = cursor };
    }

    public SecureUserDataException DeepCopy(SecureUserDataException input, CopyContext context) => input;
}
