using Parquet.Meta;
using Snappier;

namespace EtlTracing.Pipeline.Writing;

/// <summary>Writes pages: a header, and what the page holds compressed by Snappy.</summary>
static class PageWriter
{
    /// <summary>Appends the page; returns what header and page measure uncompressed.</summary>
    public static int Write(PageBuffer target, ReadOnlySpan<byte> page, PageType type, int values, Encoding encoding)
    {
        // The header holds the compressed length, so the page is compressed behind the room that the longest header could take.
        const int LongestHeader = 64;
        var room = target.Reserve(LongestHeader + Snappy.GetMaxCompressedLength(page.Length));
        var compressed = Snappy.Compress(page, room[LongestHeader..]);
        var header = Header(type, page.Length, compressed, values, encoding);
        header.Span.CopyTo(room);
        room.Slice(LongestHeader, compressed).CopyTo(room[header.Length..]);
        target.Advance(header.Length + compressed);
        return header.Length + page.Length;
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
