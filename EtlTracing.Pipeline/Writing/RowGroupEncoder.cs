using System.Buffers;
using System.Text;
using EtlTracing.Pipeline.Batches;
using Parquet;
using Parquet.Schema;

namespace EtlTracing.Pipeline.Writing;

/// <summary>
/// Encodes a batch as a row group, away from the file that it will belong to, so that any thread can do it: a Parquet file of its own in memory,
/// of which the chunks are taken.
/// </summary>
sealed class RowGroupEncoder
{
    readonly (Column Column, DataField Field)[] _columns;
    readonly ParquetSchema _schema;
    readonly ParquetOptions _options = new() { CompressionMethod = CompressionMethod.Snappy, DictionaryEncodingThreshold = 0.5, DictionaryEncodingSampleSize = 4096 };

    /// <param name="columns">The columns to encode, in order.</param>
    public RowGroupEncoder(IEnumerable<Column> columns)
    {
        _columns = [.. columns.Select(column => (column, Field(column)))];
        _schema = new ParquetSchema(_columns.Select(column => column.Field));
        foreach (var (column, _) in _columns)
            if (column.Type == ColumnType.Text) _options.ColumnEncodingHints[column.Name] = EncodingHint.Dictionary;
    }

    /// <summary>The batch's rows that are still in, as chunks by column.</summary>
    public async Task<IReadOnlyDictionary<string, EncodedChunk>> EncodeAsync(Batch batch, CancellationToken cancellationToken)
    {
        var output = new MemoryStream();
        await using (var writer = await ParquetWriter.CreateAsync(_schema, output, _options, cancellationToken: cancellationToken))
        {
            using var group = writer.CreateRowGroup();
            foreach (var (column, field) in _columns) await WriteAsync(group, batch, column, field, cancellationToken);
        }

        output.Position = 0;
        await using var reader = await ParquetReader.CreateAsync(output, cancellationToken: cancellationToken);
        return reader.Metadata!.RowGroups[0].Columns.Select(chunk => chunk.MetaData!).ToDictionary(
            meta => meta.PathInSchema[0],
            meta => new EncodedChunk(meta, output.GetBuffer().AsMemory((int)EncodedChunk.FirstPage(meta), (int)meta.TotalCompressedSize)));
    }

    static DataField Field(Column column) => column.Type switch
    {
        ColumnType.Text => new DataField(column.Name, typeof(string), column.Nullable),
        ColumnType.Number => new DataField(column.Name, typeof(double), column.Nullable),
        ColumnType.Integer => new DataField(column.Name, typeof(long), column.Nullable),
        ColumnType.SmallInteger => new DataField(column.Name, typeof(int), column.Nullable),
        _ => new DateTimeDataField(column.Name, DateTimeFormat.Timestamp, isAdjustedToUTC: false, DateTimeTimeUnit.Micros, column.Nullable),
    };

    static Task WriteAsync(ParquetRowGroupWriter group, Batch batch, Column column, DataField field, CancellationToken cancellationToken) => column.Type switch
    {
        ColumnType.Text => WriteTextsAsync(group, batch, column, field, cancellationToken),
        ColumnType.Number => WriteValuesAsync<double>(group, batch, column, field, cancellationToken),
        ColumnType.Integer => WriteValuesAsync<long>(group, batch, column, field, cancellationToken),
        ColumnType.SmallInteger => WriteValuesAsync<int>(group, batch, column, field, cancellationToken),
        _ => WriteValuesAsync<DateTime>(group, batch, column, field, cancellationToken),
    };

    static async Task WriteValuesAsync<T>(ParquetRowGroupWriter group, Batch batch, Column column, DataField field, CancellationToken cancellationToken)
        where T : unmanaged
    {
        var values = ArrayPool<T>.Shared.Rent(batch.Live);
        var levels = column.Nullable ? ArrayPool<int>.Shared.Rent(batch.Live) : null;
        var length = Pack(batch, column, values, levels);
        await WritePartsAsync<T>(group, batch, field, values.AsMemory(0, length), levels, cancellationToken);
        ArrayPool<T>.Shared.Return(values);
        if (levels is not null) ArrayPool<int>.Shared.Return(levels);
    }

    static async Task WriteTextsAsync(ParquetRowGroupWriter group, Batch batch, Column column, DataField field, CancellationToken cancellationToken)
    {
        var values = ArrayPool<ReadOnlyMemory<char>>.Shared.Rent(batch.Live);
        var levels = column.Nullable ? ArrayPool<int>.Shared.Rent(batch.Live) : null;
        var characters = ArrayPool<char>.Shared.Rent(batch.Texts(column.Name).Bytes.Length);
        var length = Decode(batch, column, values, characters, levels);
        await WritePartsAsync<ReadOnlyMemory<char>>(group, batch, field, values.AsMemory(0, length), levels, cancellationToken);
        ArrayPool<ReadOnlyMemory<char>>.Shared.Return(values);
        ArrayPool<char>.Shared.Return(characters);
        if (levels is not null) ArrayPool<int>.Shared.Return(levels);
    }

    /// <summary>A null argument must stay one: a conditional expression would make an empty memory of it, which writes no rows.</summary>
    static Task WritePartsAsync<T>(ParquetRowGroupWriter group, Batch batch, DataField field, ReadOnlyMemory<T> values, int[]? levels, CancellationToken cancellationToken)
        where T : struct
    {
        ReadOnlyMemory<int>? definitions = null;
        if (levels is not null) definitions = levels.AsMemory(0, batch.Live);
        return group.WriteAllPartsAsync(field, values, definitions, null, cancellationToken);
    }

    static int Pack<T>(Batch batch, Column column, T[] packed, int[]? levels)
        where T : unmanaged
    {
        var values = batch.Values<T>(column.Name);
        var kept = batch.Kept;
        int length = 0, level = 0;
        for (var row = 0; row < values.Length; row++)
        {
            if (kept[row] == 0) continue;
            var there = levels is null || !values.IsNull(row);
            if (levels is not null) levels[level++] = there ? 1 : 0;
            if (there) packed[length++] = values[row];
        }

        return length;
    }

    static int Decode(Batch batch, Column column, ReadOnlyMemory<char>[] packed, char[] characters, int[]? levels)
    {
        var texts = batch.Texts(column.Name);
        var kept = batch.Kept;
        int length = 0, level = 0, at = 0;
        for (var row = 0; row < texts.Length; row++)
        {
            if (kept[row] == 0) continue;
            var there = levels is null || !texts.IsNull(row);
            if (levels is not null) levels[level++] = there ? 1 : 0;
            if (!there) continue;
            var written = Encoding.UTF8.GetChars(texts[row], characters.AsSpan(at));
            packed[length++] = characters.AsMemory(at, written);
            at += written;
        }

        return length;
    }
}
