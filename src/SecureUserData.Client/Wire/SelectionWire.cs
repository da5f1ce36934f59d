using System.Buffers;
using Orleans.Serialization.Buffers;
using Orleans.Serialization.Codecs;
using Orleans.Serialization.WireProtocol;

namespace SecureUserData.Client.Wire;

/// <summary>Carries what a reading asks for: <c>{ fields…, collection, cursor, limit }</c>. Most calls are readings,
/// and as JSON it costs several times as much.</summary>
[RegisterSerializer]
internal sealed class SelectionWire : IFieldCodec<Selection>
{
    private const uint Fields = 0; // one for each
    private const uint Collection = 1;
    private const uint Cursor = 2;
    private const uint Limit = 3;

    public void WriteField<TBufferWriter>(
        ref Writer<TBufferWriter> writer, uint fieldIdDelta, Type expectedType, Selection value)
        where TBufferWriter : IBufferWriter<byte>
    {
        if (value is null)
        {
            ReferenceCodec.WriteNullReference(ref writer, fieldIdDelta);
            return;
        }
        ReferenceCodec.MarkValueField(writer.Session);
        writer.WriteStartObject(fieldIdDelta, expectedType, typeof(Selection));
        // A missing list is to be refused, and not to arrive as an empty one: it goes as a name that is missing.
        foreach (var field in value.Fields ?? [null!]) StringCodec.WriteField(ref writer, Fields, field);
        StringCodec.WriteField(ref writer, Collection, value.Collection!);
        StringCodec.WriteField(ref writer, Cursor - Collection, value.Cursor!);
        Int32Codec.WriteField(ref writer, Limit - Cursor, value.Limit);
        writer.WriteEndObject();
    }

    public Selection ReadValue<TInput>(ref Reader<TInput> reader, Field field)
    {
        if (field.IsReference) return ReferenceCodec.ReadReference<Selection, TInput>(ref reader, field);
        field.EnsureWireTypeTagDelimited();
        ReferenceCodec.MarkValueField(reader.Session);
        var fields = new List<string>();
        string? collection = null;
        string? cursor = null;
        var limit = 0;
        uint id = 0;
        while (true)
        {
            var header = reader.ReadFieldHeader();
            if (header.IsEndBaseOrEndObject)
                return new Selection { Fields = fields, Collection = collection, Cursor = cursor, Limit = limit };
            id += header.FieldIdDelta;
            switch (id)
            {
                case Fields:
                    fields.Add(StringCodec.ReadValue(ref reader, header));
                    break;
                case Collection:
                    collection = StringCodec.ReadValue(ref reader, header);
                    break;
                case Cursor:
                    cursor = StringCodec.ReadValue(ref reader, header);
                    break;
                case Limit:
                    limit = Int32Codec.ReadValue(ref reader, header);
                    break;
                default:
                    reader.ConsumeUnknownField(header);
                    break;
            }
        }
    }
}
