namespace EtlTracing.Pipeline.Reading;

/// <summary>
/// Thrift's compact protocol, as far as page headers use it
/// (github.com/apache/thrift/blob/master/doc/specs/thrift-compact-protocol.md). Fields that nobody asks for are passed over.
/// </summary>
ref struct ThriftReader(ReadOnlySpan<byte> bytes)
{
    const int DeepestStructure = 16;

    readonly ReadOnlySpan<byte> _bytes = bytes;

    public int Position { get; private set; }

    /// <summary>The next field's type and number, which is told as the distance to the last one's; type 0 at the structure's end.</summary>
    public (int Type, int Field) Header(int last)
    {
        var value = _bytes[Position++];
        if (value == 0) return (0, 0);
        var type = value & 0x0F;
        return (type, value >> 4 is var distance and not 0 ? last + distance : (int)ZigZag());
    }

    public long ZigZag()
    {
        var value = VarInt();
        return (long)(value >> 1) ^ -(long)(value & 1);
    }

    public void Skip(int type, int depth = 0)
    {
        if (depth > DeepestStructure) throw new InvalidDataException("structures lie too deep in each other");
        switch (type)
        {
            case 1 or 2: break;
            case 3: Position++; break;
            case 4 or 5 or 6: VarInt(); break;
            case 7: Position += sizeof(double); break;
            case 8: Position += checked((int)VarInt()); break;
            case 9 or 10:
                var header = _bytes[Position++];
                var count = header >> 4 == 15 ? VarInt() : (ulong)(header >> 4);
                for (; count > 0; count--) SkipElement(header & 0x0F, depth);
                break;
            case 12:
                for (var field = Header(0); field.Type != 0; field = Header(field.Field)) Skip(field.Type, depth + 1);
                break;
            default: throw new InvalidDataException($"a field of type {type}");
        }
    }

    /// <summary>A truth value takes a byte in a list, and none as a field.</summary>
    void SkipElement(int type, int depth)
    {
        if (type is 1 or 2) Position++;
        else Skip(type, depth + 1);
    }

    ulong VarInt()
    {
        var value = 0UL;
        for (var shift = 0; shift < 64; shift += 7)
        {
            var part = _bytes[Position++];
            value |= (ulong)(part & 0x7F) << shift;
            if (part < 0x80) return value;
        }

        throw new InvalidDataException("a number without end");
    }
}
