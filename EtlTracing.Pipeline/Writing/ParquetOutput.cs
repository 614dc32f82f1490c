using EtlTracing.Pipeline.Batches;
using Parquet.Meta;

namespace EtlTracing.Pipeline.Writing;

/// <summary>A Parquet file that grows by whole row groups; nothing of it is kept but their metadata.</summary>
sealed class ParquetOutput(OutputStream output, Schema schema, string spillFolder) : IAsyncDisposable
{
    readonly OpenChunks _open = new(spillFolder);
    readonly FooterGroups _groups = new();
    readonly List<RowGroup> _waiting = [];

    public long BytesWritten { get; private set; }

    /// <summary>Appends a row group: a chunk for each of the schema's columns.</summary>
    public async Task WriteAsync(int rows, IReadOnlyDictionary<string, EncodedChunk> chunks, CancellationToken cancellationToken)
    {
        if (rows == 0) return;
        await BeginAsync(cancellationToken);
        var group = new RowGroup { Columns = [], NumRows = rows, FileOffset = BytesWritten };
        var waits = _waiting.Count > 0;
        foreach (var column in schema.Columns)
        {
            var chunk = chunks[column.Name];
            if (chunk.OpenDictionary > 0)
            {
                group.Columns.Add(_open.Add(chunk));
                waits = true;
                continue;
            }

            group.Columns.Add(new ColumnChunk { MetaData = chunk.MetaAt(BytesWritten) });
            await WriteAsync(chunk.Bytes, cancellationToken);
        }

        if (waits) _waiting.Add(group);
        else _groups.Add(group);
    }

    /// <summary>Writes what rows were waiting for: values by column, as a page holds them.</summary>
    public Task WriteDeferredAsync(IReadOnlyDictionary<string, byte[]> values, CancellationToken cancellationToken) =>
        _open.WriteAsync(values, bytes => WriteAsync(bytes, cancellationToken));

    /// <summary>Writes the footer and makes the file visible; its eTag where the store gives one.</summary>
    public async Task<string?> CompleteAsync(IEnumerable<KeyValuePair<string, string>> metadata, CancellationToken cancellationToken)
    {
        await BeginAsync(cancellationToken);
        foreach (var group in _waiting) _groups.Add(group);
        _waiting.Clear();
        await WriteAsync(ParquetFooter.Write(schema, _groups, metadata), cancellationToken);
        return await output.CompleteAsync(cancellationToken);
    }

    public ValueTask DisposeAsync()
    {
        _open.Dispose();
        _groups.Dispose();
        return output.DisposeAsync();
    }

    async Task BeginAsync(CancellationToken cancellationToken)
    {
        if (BytesWritten == 0) await WriteAsync(ParquetFooter.Magic.ToArray(), cancellationToken);
    }

    /// <summary>Appends bytes; where they begin.</summary>
    async Task<long> WriteAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken)
    {
        await output.WriteAsync(bytes, cancellationToken);
        var start = BytesWritten;
        BytesWritten += bytes.Length;
        return start;
    }
}
