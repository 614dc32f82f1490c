using Parquet.Meta;

namespace EtlTracing.Pipeline.Writing;

/// <summary>
/// What a footer says of row groups, in the form that it says it: of a large file that is some megabytes, where objects of as many chunks are six times
/// as much.
/// </summary>
sealed class FooterGroups : IDisposable
{
    readonly MemoryStream _bytes = new();
    readonly ThriftWriter _thrift;

    public FooterGroups() => _thrift = new ThriftWriter(_bytes);

    public int Count { get; private set; }

    public long Rows { get; private set; }

    /// <summary>One structure after another.</summary>
    public ReadOnlySpan<byte> Bytes => _bytes.GetBuffer().AsSpan(0, (int)_bytes.Length);

    public void Add(RowGroup group)
    {
        _thrift.Element(() => Write(group));
        Count++;
        Rows += group.NumRows;
    }

    public void Dispose() => _bytes.Dispose();

    void Write(RowGroup group)
    {
        _thrift.StructureList(1, group.Columns, chunk =>
        {
            _thrift.I64(2, 0);
            _thrift.Structure(3, () => Write(chunk.MetaData!));
        });
        _thrift.I64(2, group.Columns.Sum(chunk => chunk.MetaData!.TotalUncompressedSize));
        _thrift.I64(3, group.NumRows);
        if (group.FileOffset is { } offset) _thrift.I64(5, offset);
        _thrift.I64(6, group.Columns.Sum(chunk => chunk.MetaData!.TotalCompressedSize));
    }

    void Write(ColumnMetaData chunk)
    {
        _thrift.I32(1, (int)chunk.Type);
        _thrift.I32List(2, chunk.Encodings.ConvertAll(encoding => (int)encoding));
        _thrift.TextList(3, chunk.PathInSchema);
        _thrift.I32(4, (int)chunk.Codec);
        _thrift.I64(5, chunk.NumValues);
        _thrift.I64(6, chunk.TotalUncompressedSize);
        _thrift.I64(7, chunk.TotalCompressedSize);
        _thrift.I64(9, chunk.DataPageOffset);
        if (chunk.DictionaryPageOffset is { } dictionary) _thrift.I64(11, dictionary);
        if (chunk.Statistics is not { } statistics) return;
        _thrift.Structure(12, () =>
        {
            if (statistics.NullCount is { } nulls) _thrift.I64(3, nulls);
            if (statistics.MaxValue is { } maximum) _thrift.Bytes(5, maximum);
            if (statistics.MinValue is { } minimum) _thrift.Bytes(6, minimum);
        });
    }
}
