using Microsoft.Data.Analysis;

namespace EtlTracing.Pipeline.Batches;

/// <summary>A column that knows the memory it lies in, which a frame gives through an iterator that is compiled for each type when a run begins.</summary>
interface IPooledColumn
{
    /// <summary>Validity bits.</summary>
    ReadOnlyMemory<byte> Valid { get; }
}

/// <summary>A fixed-width column in pooled memory.</summary>
sealed class PooledColumn<T>(string name, ReadOnlyMemory<byte> values, ReadOnlyMemory<byte> valid, int rows, int nulls)
    : PrimitiveDataFrameColumn<T>(name, values, valid, rows, nulls), IPooledColumn
    where T : unmanaged
{
    /// <summary>As many values as rows.</summary>
    public ReadOnlyMemory<byte> Values { get; } = values;

    public ReadOnlyMemory<byte> Valid { get; } = valid;
}
