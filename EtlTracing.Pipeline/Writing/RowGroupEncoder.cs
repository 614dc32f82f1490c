using System.Buffers.Binary;
using EtlTracing.Pipeline.Batches;
using Parquet.Meta;
using Snappier;
using Type = Parquet.Meta.Type;

namespace EtlTracing.Pipeline.Writing;

/// <summary>
/// Encodes a batch as a row group, away from the file that it will belong to, so that each worker can have an encoder of its own. The chunks are
/// good until the next batch.
/// </summary>
sealed class RowGroupEncoder(IEnumerable<Column> columns)
{
    readonly Column[] _columns = [.. columns];
    readonly ColumnEncoder _column = new();
    readonly PageBuffer _page = new();
    readonly PageBuffer _chunks = new();

    /// <summary>The batch's rows that are still in, as chunks by column.</summary>
    public IReadOnlyDictionary<string, EncodedChunk> Encode(Batch batch)
    {
        _chunks.Clear();
        _column.Begin(batch);
        var metas = new List<(ColumnMetaData Meta, int Start)>(_columns.Length);
        foreach (var column in _columns)
        {
            var start = _chunks.Length;
            _column.Encode(batch, column);
            metas.Add((WriteChunk(column, batch.Live), start));
        }

        return metas.ToDictionary(
            chunk => chunk.Meta.PathInSchema[0], chunk => new EncodedChunk(chunk.Meta, _chunks.Slice(chunk.Start, (int)chunk.Meta.TotalCompressedSize)));
    }

    ColumnMetaData WriteChunk(Column column, int rows)
    {
        var start = _chunks.Length;
        var hasDictionary = _column.DictionaryCount > 0;
        var meta = new ColumnMetaData
        {
            Type = PhysicalType(column.Type),
            Encodings = hasDictionary ? [Encoding.PLAIN, Encoding.RLE, Encoding.RLE_DICTIONARY] : [Encoding.PLAIN, Encoding.RLE],
            PathInSchema = [column.Name],
            Codec = CompressionCodec.SNAPPY,
            NumValues = rows,
            Statistics = new Statistics { NullCount = _column.Nulls, MinValue = _column.Minimum, MaxValue = _column.Maximum },
        };
        if (hasDictionary)
        {
            meta.DictionaryPageOffset = start;
            meta.TotalUncompressedSize += WritePage(_column.Dictionary, PageType.DICTIONARY_PAGE, _column.DictionaryCount, Encoding.PLAIN);
        }

        meta.DataPageOffset = _chunks.Length;
        _page.Clear();
        if (column.Nullable)
        {
            BinaryPrimitives.WriteInt32LittleEndian(_page.Reserve(sizeof(int)), _column.Levels.Length);
            _page.Advance(sizeof(int));
            _page.Append(_column.Levels);
        }

        _page.Append(_column.Values);
        meta.TotalUncompressedSize += WritePage(_page.Written, PageType.DATA_PAGE, rows, hasDictionary ? Encoding.RLE_DICTIONARY : Encoding.PLAIN);
        meta.TotalCompressedSize = _chunks.Length - start;
        return meta;
    }

    /// <summary>Appends header and compressed page; returns what both would measure uncompressed.</summary>
    int WritePage(ReadOnlySpan<byte> page, PageType type, int values, Encoding encoding)
    {
        // The header holds the compressed length, so the page is compressed behind the room that the longest header could take.
        const int LongestHeader = 64;
        var room = _chunks.Reserve(LongestHeader + Snappy.GetMaxCompressedLength(page.Length));
        var compressed = Snappy.Compress(page, room[LongestHeader..]);
        var header = Header(type, page.Length, compressed, values, encoding);
        header.Span.CopyTo(room);
        room.Slice(LongestHeader, compressed).CopyTo(room[header.Length..]);
        _chunks.Advance(header.Length + compressed);
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

    static Type PhysicalType(ColumnType type) => type switch
    {
        ColumnType.Text => Type.BYTE_ARRAY,
        ColumnType.Number => Type.DOUBLE,
        ColumnType.SmallInteger => Type.INT32,
        _ => Type.INT64,
    };
}
