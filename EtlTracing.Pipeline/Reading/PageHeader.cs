using Parquet.Meta;

namespace EtlTracing.Pipeline.Reading;

/// <summary>What stands before each page; field numbers are those of parquet.thrift.</summary>
readonly record struct PageHeader(PageType Type, int Uncompressed, int Compressed, int Values, Encoding Encoding, Encoding Levels, int Length)
{
    public static PageHeader Read(ReadOnlySpan<byte> bytes)
    {
        var thrift = new ThriftReader(bytes);
        var header = new PageHeader { Encoding = (Encoding)(-1) };
        for (var field = thrift.Header(0); field.Type != 0; field = thrift.Header(field.Field))
        {
            switch (field.Field)
            {
                case 1: header = header with { Type = (PageType)thrift.ZigZag() }; break;
                case 2: header = header with { Uncompressed = checked((int)thrift.ZigZag()) }; break;
                case 3: header = header with { Compressed = checked((int)thrift.ZigZag()) }; break;
                case 5 or 7: header = ReadValues(ref thrift, header); break;
                default: thrift.Skip(field.Type); break;
            }
        }

        return header with { Length = thrift.Position };
    }

    /// <summary>Data pages of the first kind and dictionary pages begin alike.</summary>
    static PageHeader ReadValues(ref ThriftReader thrift, PageHeader header)
    {
        for (var field = thrift.Header(0); field.Type != 0; field = thrift.Header(field.Field))
        {
            switch (field.Field)
            {
                case 1: header = header with { Values = checked((int)thrift.ZigZag()) }; break;
                case 2: header = header with { Encoding = (Encoding)thrift.ZigZag() }; break;
                case 3 when field.Type == 5: header = header with { Levels = (Encoding)thrift.ZigZag() }; break;
                default: thrift.Skip(field.Type); break;
            }
        }

        return header;
    }
}
