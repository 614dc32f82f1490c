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
    public Dictionary<string, EncodedChunk> Encode(Batch batch)
    {
        _chunks.Clear();

        // As in a file: a page at 0 would be taken for none.
        _chunks.Append(ParquetFooter.Magic);
        _column.Begin(batch);
        var metas = new ColumnMetaData[_columns.Length];
        var starts = new int[_columns.Length];
        var open = new int[_columns.Length];
        for (var index = 0; index < metas.Length; index++)
        {
            starts[index] = _chunks.Length;
            _column.Encode(batch, _columns[index]);
            metas[index] = WriteChunk(_columns[index], batch.Live);
            open[index] = _column.IsOpen ? _column.Dictionary.Length : 0;
        }

        // When all are there: the memory they lie in moves as it grows.
        var chunks = new Dictionary<string, EncodedChunk>();
        for (var index = 0; index < metas.Length; index++)
            chunks.Add(_columns[index].Name, new EncodedChunk(metas[index], _chunks.Slice(starts[index], (int)metas[index].TotalCompressedSize), open[index]));
        return chunks;
    }

    ColumnMetaData WriteChunk(Column column, int rows)
    {
        var start = _chunks.Length;
        var hasDictionary = _column.DictionaryCount > 0;
        var encoding = hasDictionary ? Encoding.RLE_DICTIONARY : _column.IsProgression ? Encoding.DELTA_BINARY_PACKED : Encoding.PLAIN;
        var meta = new ColumnMetaData
        {
            Type = PhysicalType(column.Type),
            Encodings = hasDictionary ? [Encoding.PLAIN, Encoding.RLE, encoding] : [encoding, Encoding.RLE],
            PathInSchema = [column.Name],
            Codec = _column.HasTexts || Compresses(_column.Values) ? CompressionCodec.SNAPPY : CompressionCodec.UNCOMPRESSED,
            NumValues = rows,
            Statistics = new Statistics { NullCount = _column.Nulls, MinValue = _column.Minimum, MaxValue = _column.Maximum },
        };
        if (_column.IsOpen)
        {
            // Its page is written when its first entry is known.
            _chunks.Append(_column.Dictionary);
        }
        else if (hasDictionary)
        {
            meta.DictionaryPageOffset = start;
            meta.TotalUncompressedSize += PageWriter.Write(_chunks, _column.Dictionary, meta.Codec, PageType.DICTIONARY_PAGE, _column.DictionaryCount, Encoding.PLAIN);
        }

        meta.DataPageOffset = _chunks.Length;
        meta.TotalUncompressedSize += PageWriter.Write(
            _chunks, column.Nullable ? LevelsAndValues() : _column.Values, meta.Codec, PageType.DATA_PAGE, rows, encoding);
        meta.TotalCompressedSize = _chunks.Length - start;
        return meta;
    }

    ReadOnlySpan<byte> LevelsAndValues()
    {
        _page.Clear();
        BinaryPrimitives.WriteInt32LittleEndian(_page.Reserve(sizeof(int)), _column.Levels.Length);
        _page.Advance(sizeof(int));
        _page.Append(_column.Levels);
        _page.Append(_column.Values);
        return _page.Written;
    }

    /// <summary>
    /// Whether a stretch of the values shrinks by an eighth. Coordinates and most numbers of a dictionary don't, and would be looked through in vain here and
    /// unpacked in vain by each reader.
    /// </summary>
    bool Compresses(ReadOnlySpan<byte> values)
    {
        const int Sample = 4096;
        if (values.Length < 2 * Sample) return true;
        return Snappy.Compress(values.Slice(values.Length / 2, Sample), _chunks.Reserve(Snappy.GetMaxCompressedLength(Sample))) < Sample / 8 * 7;
    }

    static Type PhysicalType(ColumnType type) => type switch
    {
        ColumnType.Text => Type.BYTE_ARRAY,
        ColumnType.Number => Type.DOUBLE,
        ColumnType.SmallInteger => Type.INT32,
        _ => Type.INT64,
    };
}
