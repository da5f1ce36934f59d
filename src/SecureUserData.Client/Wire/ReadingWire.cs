using System.Buffers;
using Orleans.Serialization.Buffers;
using Orleans.Serialization.Codecs;
using Orleans.Serialization.WireProtocol;

namespace SecureUserData.Client.Wire;

/// <summary>Carries what has been read: <c>{ (name, value)…, records as JSON }</c>. See <see cref="SelectionWire"/>.
/// </summary>
[RegisterSerializer]
internal sealed class ReadingWire : IFieldCodec<Reading>
{
    private const uint Fields = 0; // a name, and its value after it
    private const uint Records = 1;

    private static readonly WireCodec<Page<Record>> Pages = new();

    public void WriteField<TBufferWriter>(
        ref Writer<TBufferWriter> writer, uint fieldIdDelta, Type expectedType, Reading value)
        where TBufferWriter : IBufferWriter<byte>
    {
        if (value is null)
        {
            ReferenceCodec.WriteNullReference(ref writer, fieldIdDelta);
            return;
        }
        ReferenceCodec.MarkValueField(writer.Session);
        writer.WriteStartObject(fieldIdDelta, expectedType, typeof(Reading));
        foreach (var (name, text) in value.Fields)
        {
            StringCodec.WriteField(ref writer, Fields, name);
            StringCodec.WriteField(ref writer, Fields, text);
        }
        Pages.WriteField(ref writer, Records, typeof(Page<Record>), value.Records!);
        writer.WriteEndObject();
    }

    public Reading ReadValue<TInput>(ref Reader<TInput> reader, Field field)
    {
        if (field.IsReference) return ReferenceCodec.ReadReference<Reading, TInput>(ref reader, field);
        field.EnsureWireTypeTagDelimited();
        ReferenceCodec.MarkValueField(reader.Session);
        var fields = new Dictionary<string, string>();
        string? name = null;
        Page<Record>? records = null;
        uint id = 0;
        while (true)
        {
            var header = reader.ReadFieldHeader();
            if (header.IsEndBaseOrEndObject) return new Reading(fields, records);
            id += header.FieldIdDelta;
            switch (id)
            {
                case Fields when name is null:
                    name = StringCodec.ReadValue(ref reader, header);
                    break;
                case Fields:
                    fields[name] = StringCodec.ReadValue(ref reader, header);
                    name = null;
                    break;
                case Records:
                    records = Pages.ReadValue(ref reader, header);
                    break;
                default:
                    reader.ConsumeUnknownField(header);
                    break;
            }
        }
    }
}
