using System.Buffers.Binary;
using System.Runtime.InteropServices;
using EtlTracing.Pipeline.Batches;
using Parquet.Meta;
using Snappier;

namespace EtlTracing.Pipeline.Reading;

/// <summary>A chunk's pages one after another, unpacked into the batch's memory, with slack for <see cref="PaddedTexts"/> and <see cref="HybridReader"/> behind each.</summary>
ref struct PageReader(Batch batch, bool nullable, ColumnMetaData meta, ReadOnlySpan<byte> chunk)
{
    const int Slack = PaddedTexts.Slack;

    readonly ReadOnlySpan<byte> _chunk = chunk;
    int _position;
    ReadOnlySpan<int> _levels;

    /// <summary>Values of the dictionary, plain.</summary>
    public ReadOnlySpan<byte> Dictionary { get; private set; }

    public int DictionaryCount { get; private set; }

    /// <summary>Rows of the page at hand.</summary>
    public int Rows { get; private set; }

    public int Nulls { get; private set; }

    /// <summary>The page's values that are there, plain.</summary>
    public ReadOnlySpan<byte> Values { get; private set; }

    /// <summary>Whether the page names its values by their places in the dictionary.</summary>
    public bool HasNumbers { get; private set; }

    /// <summary>Those places.</summary>
    public ReadOnlySpan<int> Numbers { get; private set; }

    public readonly bool IsNull(int row) => Nulls > 0 && _levels[row] == 0;

    /// <summary>Goes to the next data page, which has at most so many rows. False where its form is not read here.</summary>
    public bool TryNext(int rows)
    {
        while (true)
        {
            var header = PageHeader.Read(_chunk[_position..]);
            var stored = _chunk.Slice(_position + header.Length, header.Compressed);
            _position += header.Length + header.Compressed;
            if (header.Type == PageType.DATA_PAGE) return TryData(header, stored, rows);
            if (header.Type != PageType.DICTIONARY_PAGE || header.Encoding is not (Encoding.PLAIN or Encoding.PLAIN_DICTIONARY)) return false;
            Dictionary = Unpack(header, stored)[..header.Uncompressed];
            DictionaryCount = header.Values;
        }
    }

    bool TryData(PageHeader header, ReadOnlySpan<byte> stored, int rows)
    {
        HasNumbers = header.Encoding is Encoding.RLE_DICTIONARY or Encoding.PLAIN_DICTIONARY;
        if ((!HasNumbers && header.Encoding != Encoding.PLAIN) || (nullable && header.Levels != Encoding.RLE)) return false;
        if (header.Values <= 0 || header.Values > rows) throw new InvalidDataException($"a page of {header.Values} rows where {rows} are missing");
        Rows = header.Values;
        var padded = Unpack(header, stored);
        var start = 0;
        Nulls = 0;
        if (nullable)
        {
            start = sizeof(int) + BinaryPrimitives.ReadInt32LittleEndian(padded);
            var levels = MemoryMarshal.Cast<byte, int>(batch.Rent(Rows * sizeof(int)).AsSpan())[..Rows];
            HybridReader.Read(padded[sizeof(int)..start], 1, levels, padded[sizeof(int)..]);
            foreach (var level in levels) Nulls += 1 - level;
            _levels = levels;
        }

        if (!HasNumbers)
        {
            Values = padded[start..header.Uncompressed];
            return true;
        }

        var numbers = MemoryMarshal.Cast<byte, int>(batch.Rent((Rows - Nulls) * sizeof(int)).AsSpan())[..(Rows - Nulls)];
        HybridReader.Read(padded[(start + 1)..header.Uncompressed], padded[start], numbers, padded[(start + 1)..]);
        Numbers = numbers;
        return true;
    }

    /// <summary>The page's bytes and the slack behind them.</summary>
    readonly ReadOnlySpan<byte> Unpack(PageHeader header, ReadOnlySpan<byte> stored)
    {
        if (header.Uncompressed < 0 || header.Uncompressed > meta.TotalUncompressedSize) throw new InvalidDataException($"a page of {header.Uncompressed} bytes");
        var page = batch.Rent(header.Uncompressed + Slack).AsSpan(0, header.Uncompressed + Slack);
        if (meta.Codec == CompressionCodec.UNCOMPRESSED) stored.CopyTo(page);
        else if (Snappy.Decompress(stored, page) != header.Uncompressed) throw new InvalidDataException("a page of another length than said");
        return page;
    }
}
