using EtlTracing.Pipeline.Summaries;
using Parquet.Meta;

namespace EtlTracing.Pipeline.Writing;

/// <summary>
/// Column chunks whose dictionaries begin with an entry that is known last. They wait on disk and go behind all others: where in a file a row group's chunks lie
/// is free (github.com/apache/parquet-format#glossary: "There is no physical structure that is guaranteed for a row group").
/// </summary>
sealed class OpenChunks(string folder) : IDisposable
{
    readonly List<(ColumnChunk Entry, int Dictionary, int Length)> _chunks = [];
    readonly PageBuffer _closed = new();
    SpillFile<byte>? _bytes;

    /// <summary>Puts a chunk away; the footer's entry for it is filled in when it is written.</summary>
    public ColumnChunk Add(EncodedChunk chunk)
    {
        _bytes ??= new SpillFile<byte>(folder);
        _bytes.Add(chunk.Bytes.Span);
        var entry = new ColumnChunk { MetaData = chunk.Meta };
        _chunks.Add((entry, chunk.OpenDictionary, chunk.Bytes.Length));
        return entry;
    }

    /// <summary>Writes all chunks, each with its column's value in the open entry.</summary>
    /// <param name="values">By column, as a page holds them.</param>
    /// <param name="write">Appends bytes to the file and tells where they begin.</param>
    public async Task WriteAsync(IReadOnlyDictionary<string, byte[]> values, Func<ReadOnlyMemory<byte>, Task<long>> write)
    {
        _bytes?.Flush();
        var position = 0L;
        foreach (var (entry, dictionary, length) in _chunks)
        {
            var open = new byte[length];
            _bytes!.Read(position, open);
            position += length;
            var meta = entry.MetaData!;
            Close(meta, open, dictionary, values[meta.PathInSchema[0]]);
            var start = await write(_closed.Slice(0, _closed.Length));
            meta.DictionaryPageOffset += start;
            meta.DataPageOffset += start;
        }
    }

    public void Dispose() => _bytes?.Dispose();

    /// <summary>Lays the whole chunk down, from 0.</summary>
    void Close(ColumnMetaData meta, Span<byte> open, int dictionary, byte[] value)
    {
        value.CopyTo(open);
        _closed.Clear();
        var unpacked = PageWriter.Write(_closed, open[..dictionary], meta.Codec, PageType.DICTIONARY_PAGE, dictionary / value.Length, Encoding.PLAIN);
        meta.DictionaryPageOffset = 0;
        meta.DataPageOffset = _closed.Length;
        _closed.Append(open[dictionary..]);
        meta.TotalUncompressedSize += unpacked;
        meta.TotalCompressedSize = _closed.Length;
        if (meta.Statistics is { MinValue: not null, MaxValue: not null } known)
        {
            if (Compare(meta.Type, value, known.MinValue) < 0) known.MinValue = value;
            if (Compare(meta.Type, value, known.MaxValue) > 0) known.MaxValue = value;
        }
    }

    static int Compare(Parquet.Meta.Type type, byte[] one, byte[] other) => type switch
    {
        Parquet.Meta.Type.INT32 => BitConverter.ToInt32(one).CompareTo(BitConverter.ToInt32(other)),
        Parquet.Meta.Type.INT64 => BitConverter.ToInt64(one).CompareTo(BitConverter.ToInt64(other)),
        _ => BitConverter.ToDouble(one).CompareTo(BitConverter.ToDouble(other)),
    };
}
