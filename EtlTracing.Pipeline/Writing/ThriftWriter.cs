using System.Text;

namespace EtlTracing.Pipeline.Writing;

/// <summary>
/// Thrift's compact protocol, as far as Parquet's footer and page headers use it
/// (github.com/apache/thrift/blob/master/doc/specs/thrift-compact-protocol.md).
/// </summary>
sealed class ThriftWriter(MemoryStream output)
{
    const byte True = 1, False = 2, Int16 = 4, Int32 = 5, Int64 = 6, Binary = 8, List = 9, Struct = 12;

    readonly Stack<short> _outer = new();
    short _field;

    public void Bool(short field, bool value) => Header(field, value ? True : False);

    public void I16(short field, short value)
    {
        Header(field, Int16);
        ZigZag(value);
    }

    public void I32(short field, int value)
    {
        Header(field, Int32);
        ZigZag(value);
    }

    public void I64(short field, long value)
    {
        Header(field, Int64);
        ZigZag(value);
    }

    public void Bytes(short field, ReadOnlySpan<byte> value)
    {
        Header(field, Binary);
        Element(value);
    }

    public void Text(short field, string value) => Bytes(field, Encoding.UTF8.GetBytes(value));

    /// <summary>A structure as a field; <paramref name="write"/> writes its fields.</summary>
    public void Structure(short field, Action write)
    {
        Header(field, Struct);
        Element(write);
    }

    public void I32List(short field, IReadOnlyCollection<int> values)
    {
        ListHeader(field, values.Count, Int32);
        foreach (var value in values) ZigZag(value);
    }

    public void TextList(short field, IReadOnlyCollection<string> values)
    {
        ListHeader(field, values.Count, Binary);
        foreach (var value in values) Element(Encoding.UTF8.GetBytes(value));
    }

    public void StructureList<T>(short field, IReadOnlyCollection<T> values, Action<T> write)
    {
        ListHeader(field, values.Count, Struct);
        foreach (var value in values) Element(() => write(value));
    }

    /// <summary>Structures that were written elsewhere, one after another.</summary>
    public void StructureList(short field, int count, ReadOnlySpan<byte> structures)
    {
        ListHeader(field, count, Struct);
        output.Write(structures);
    }

    /// <summary>A structure that no field holds: a whole message.</summary>
    public void Element(Action write)
    {
        _outer.Push(_field);
        _field = 0;
        write();
        output.WriteByte(0);
        _field = _outer.Pop();
    }

    void Element(ReadOnlySpan<byte> value)
    {
        VarInt((ulong)value.Length);
        output.Write(value);
    }

    void ListHeader(short field, int count, byte type)
    {
        Header(field, List);
        if (count < 15)
        {
            output.WriteByte((byte)(count << 4 | type));
            return;
        }

        output.WriteByte((byte)(0xF0 | type));
        VarInt((ulong)count);
    }

    /// <summary>Fields come in ascending order, so that the distance to the last one fits four bits.</summary>
    void Header(short field, byte type)
    {
        output.WriteByte((byte)((field - _field) << 4 | type));
        _field = field;
    }

    void ZigZag(long value) => VarInt((ulong)(value << 1 ^ value >> 63));

    void VarInt(ulong value)
    {
        for (; value > 0x7F; value >>= 7) output.WriteByte((byte)(value | 0x80));
        output.WriteByte((byte)value);
    }
}
