using Parquet.Meta;

namespace EtlTracing.Pipeline.Writing;

/// <summary>A column's pages of one row group, and what the footer says of them.</summary>
sealed record EncodedChunk(ColumnMetaData Meta, ReadOnlyMemory<byte> Bytes)
{
    public static long FirstPage(ColumnMetaData chunk) =>
        Math.Min(chunk.DictionaryPageOffset is > 0 and var dictionary ? dictionary : long.MaxValue, chunk.DataPageOffset);

    /// <summary>The footer's entry for the chunk at another place in a file.</summary>
    public ColumnMetaData MetaAt(long offset)
    {
        var distance = offset - FirstPage(Meta);
        return new ColumnMetaData
        {
            Type = Meta.Type,
            Encodings = Meta.Encodings,
            PathInSchema = Meta.PathInSchema,
            Codec = Meta.Codec,
            NumValues = Meta.NumValues,
            TotalUncompressedSize = Meta.TotalUncompressedSize,
            TotalCompressedSize = Meta.TotalCompressedSize,
            DataPageOffset = Meta.DataPageOffset + distance,
            DictionaryPageOffset = Meta.DictionaryPageOffset is > 0 and var dictionary ? dictionary + distance : null,
            Statistics = Meta.Statistics,
        };
    }
}
