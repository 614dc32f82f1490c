using Parquet.Meta;
using Snappier;

namespace EtlTracing.Pipeline.Writing;

/// <summary>Writes pages: a header, and what the page holds, by Snappy or as it is.</summary>
static class PageWriter
{
    /// <summary>Appends the page; returns what header and page measure uncompressed.</summary>
    public static int Write(PageBuffer target, ReadOnlySpan<byte> page, CompressionCodec codec, PageType type, int values, Encoding encoding)
    {
        // The header holds the stored length, so the page is put behind the room that the longest header could take.
        const int LongestHeader = 64;
        var room = target.Reserve(LongestHeader + Snappy.GetMaxCompressedLength(page.Length));
        var stored = Store(page, codec, room[LongestHeader..]);
        var header = Header(type, page.Length, stored, values, encoding);
        header.Span.CopyTo(room);
        room.Slice(LongestHeader, stored).CopyTo(room[header.Length..]);
        target.Advance(header.Length + stored);
        return header.Length + page.Length;
    }

    static int Store(ReadOnlySpan<byte> page, CompressionCodec codec, Span<byte> room)
    {
        if (codec == CompressionCodec.SNAPPY) return Snappy.Compress(page, room);
        page.CopyTo(room);
        return page.Length;
    }

    static ReadOnlyMemory<byte> Header(PageType type, int uncompressed, int compressed, int values, Encoding encoding)
    {
        var output = new MemoryStream(64);
        var thrift = new ThriftWriter(output);
        thrift.Element(() =>
        {
            thrift.I32(1, (int)type);
            thrift.I32(2, uncompressed);
            thrift.I32(3, compressed);
            if (type == PageType.DATA_PAGE)
            {
                thrift.Structure(5, () =>
                {
                    thrift.I32(1, values);
                    thrift.I32(2, (int)encoding);
                    thrift.I32(3, (int)Encoding.RLE);
                    thrift.I32(4, (int)Encoding.RLE);
                });
            }
            else
            {
                thrift.Structure(7, () =>
                {
                    thrift.I32(1, values);
                    thrift.I32(2, (int)encoding);
                });
            }
        });
        return output.GetBuffer().AsMemory(0, (int)output.Length);
    }
}
