using Parquet.Meta;

namespace EtlTracing.Pipeline.Writing;

/// <summary>A column's pages of one row group, and what the footer says of them.</summary>
/// <param name="Meta">The footer's entry, as if the chunk were a file of its own.</param>
/// <param name="Bytes">Its pages; before them the bytes of an open dictionary, where it has one.</param>
/// <param name="OpenDictionary">How many these are; 0: the chunk is complete.</param>
sealed record EncodedChunk(ColumnMetaData Meta, ReadOnlyMemory<byte> Bytes, int OpenDictionary = 0)
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
