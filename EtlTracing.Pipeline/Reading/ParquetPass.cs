using System.Buffers;
using System.Runtime.InteropServices;
using EtlTracing.Pipeline.Batches;
using EtlTracing.Pipeline.Writing;
using Parquet;
using Parquet.Meta;
using Parquet.Schema;

namespace EtlTracing.Pipeline.Reading;

/// <summary>Fetches of each row group the chunks that are decoded or carried, and nothing else.</summary>
sealed class ParquetPass(DataSource source, List<RowGroup> groups, Schema schema, IReadOnlySet<string> needed, IReadOnlySet<string> carried) : BatchPass
{
    readonly RangeReader _ranges = new(source);
    int _next;
    long _row;

    public override long BytesRead => _ranges.BytesRead;

    public override async ValueTask<BatchPart?> NextAsync(CancellationToken cancellationToken)
    {
        if (_next == groups.Count) return null;
        var group = groups[_next++];
        var stretches = new List<(long Offset, ReadOnlyMemory<byte> Bytes)>();
        var rented = new List<byte[]>();
        ColumnChunk[] chunks = [.. group.Columns];
        Array.Sort(chunks, (one, other) => EncodedChunk.FirstPage(one.MetaData!).CompareTo(EncodedChunk.FirstPage(other.MetaData!)));
        foreach (var chunk in chunks)
        {
            var meta = chunk.MetaData!;
            if (!needed.Contains(meta.PathInSchema[0]) && !carried.Contains(meta.PathInSchema[0])) continue;
            var bytes = ArrayPool<byte>.Shared.Rent((int)meta.TotalCompressedSize);
            rented.Add(bytes);
            var memory = bytes.AsMemory(0, (int)meta.TotalCompressedSize);
            await _ranges.ReadAsync(EncodedChunk.FirstPage(meta), memory, cancellationToken);
            stretches.Add((EncodedChunk.FirstPage(meta), memory));
        }

        var part = new Part(group, schema, needed, carried, _row, source.Length, stretches, rented);
        _row += group.NumRows;
        return part;
    }

    public override ValueTask DisposeAsync() => _ranges.DisposeAsync();

    sealed class Part(
        RowGroup group, Schema schema, IReadOnlySet<string> needed, IReadOnlySet<string> carried, long firstRow, long length,
        List<(long Offset, ReadOnlyMemory<byte> Bytes)> stretches, List<byte[]> rented) : BatchPart
    {
        public override long Length => group.TotalByteSize;

        public override IReadOnlyDictionary<string, EncodedChunk> Carried => group.Columns
            .Select(chunk => chunk.MetaData!)
            .Where(meta => carried.Contains(meta.PathInSchema[0]))
            .ToDictionary(meta => meta.PathInSchema[0], meta => new EncodedChunk(meta, Stored(meta)));

        public override async ValueTask<Batch> ToBatchAsync(CancellationToken cancellationToken)
        {
            var batch = new Batch(firstRow, (int)group.NumRows);
            List<string>? left = null;
            foreach (var chunk in group.Columns)
            {
                var meta = chunk.MetaData!;
                var name = meta.PathInSchema[0];
                if (!needed.Contains(name)) continue;
                if (!ChunkDecoder.TryDecode(batch, schema[name], meta, Stored(meta).Span)) (left ??= []).Add(name);
            }

            if (left is not null) await ReadOthersAsync(batch, left, cancellationToken);
            return batch;
        }

        public override void Dispose()
        {
            foreach (var bytes in rented) ArrayPool<byte>.Shared.Return(bytes);
            rented.Clear();
        }

        ReadOnlyMemory<byte> Stored(ColumnMetaData meta)
        {
            var first = EncodedChunk.FirstPage(meta);
            foreach (var (offset, bytes) in stretches)
                if (offset == first) return bytes;
            throw new InvalidOperationException($"the chunk at byte {first} was not fetched");
        }

        /// <summary>What is in memory cannot fail to be read but for what it is.</summary>
        async Task ReadOthersAsync(Batch batch, List<string> columns, CancellationToken cancellationToken)
        {
            try
            {
                await ReadAsync(batch, columns, cancellationToken);
            }
            catch (Exception broken) when (broken is not OperationCanceledException)
            {
                throw new InvalidInputException($"columns {string.Join(", ", columns)} of a row group cannot be read: {broken.Message}");
            }
        }

        /// <summary>Has Parquet.Net read columns of a form that is not decoded here.</summary>
        async Task ReadAsync(Batch batch, List<string> columns, CancellationToken cancellationToken)
        {
            // The reader is given a file that ends with a footer of this one group, so that it doesn't parse the others' each time.
            using var groups = new FooterGroups();
            groups.Add(group);
            var footer = ParquetFooter.Write(schema, groups, []);
            var file = new SparseStream(length + footer.Length, [(0, ParquetFooter.Magic.ToArray()), .. stretches, (length, footer)]);
            await using var reader = await ParquetReader.CreateAsync(file, cancellationToken: cancellationToken);
            using var rows = reader.OpenRowGroupReader(0);
            foreach (var field in reader.Schema.DataFields)
            {
                if (!columns.Contains(field.Name)) continue;
                var column = schema[field.Name];
                await (column.Type switch
                {
                    ColumnType.Text => ReadTextsAsync(rows, field, column, batch, cancellationToken),
                    ColumnType.Number => ReadAsync<double>(rows, field, column, batch, cancellationToken),
                    ColumnType.Integer => ReadAsync<long>(rows, field, column, batch, cancellationToken),
                    ColumnType.SmallInteger => ReadAsync<int>(rows, field, column, batch, cancellationToken),
                    _ => ReadAsync<DateTime>(rows, field, column, batch, cancellationToken),
                });
            }
        }

        static async Task ReadAsync<T>(ParquetRowGroupReader rows, DataField field, Column column, Batch batch, CancellationToken cancellationToken)
            where T : unmanaged
        {
            var packed = ArrayPool<T>.Shared.Rent(batch.Rows);
            var levels = column.Nullable ? ArrayPool<int>.Shared.Rent(batch.Rows) : null;
            await ReadRawAsync<T>(rows, field, packed.AsMemory(0, batch.Rows), levels, batch.Rows, cancellationToken);
            Unpack(batch, field.Name, packed, levels);
            ArrayPool<T>.Shared.Return(packed);
            if (levels is not null) ArrayPool<int>.Shared.Return(levels);
        }

        static async Task ReadTextsAsync(ParquetRowGroupReader rows, DataField field, Column column, Batch batch, CancellationToken cancellationToken)
        {
            var packed = ArrayPool<ReadOnlyMemory<char>>.Shared.Rent(batch.Rows);
            var levels = column.Nullable ? ArrayPool<int>.Shared.Rent(batch.Rows) : null;
            await ReadRawAsync<ReadOnlyMemory<char>>(rows, field, packed.AsMemory(0, batch.Rows), levels, batch.Rows, cancellationToken);
            UnpackTexts(batch, field.Name, packed, levels);
            ArrayPool<ReadOnlyMemory<char>>.Shared.Return(packed, clearArray: true);
            if (levels is not null) ArrayPool<int>.Shared.Return(levels);
        }

        /// <summary>A null argument must stay one: a conditional expression would make an empty memory of it.</summary>
        static ValueTask ReadRawAsync<T>(ParquetRowGroupReader rows, DataField field, Memory<T> packed, int[]? levels, int count, CancellationToken cancellationToken)
            where T : struct
        {
            Memory<int>? definitions = null;
            if (levels is not null) definitions = levels.AsMemory(0, count);
            return rows.ReadRawAsync(field, packed, definitions, null, cancellationToken);
        }

        static void Unpack<T>(Batch batch, string name, T[] packed, int[]? levels)
            where T : unmanaged
        {
            var memory = batch.Rent<T>(out var values);
            var valid = batch.RentValid();
            var at = 0;
            for (var row = 0; row < values.Length; row++)
            {
                if (levels is null || levels[row] > 0)
                {
                    values[row] = packed[at++];
                    continue;
                }

                values[row] = default;
                Bits.Clear(valid, row);
            }

            batch.Set<T>(name, memory, valid);
        }

        static void UnpackTexts(Batch batch, string name, ReadOnlyMemory<char>[] packed, int[]? levels)
        {
            var valid = batch.RentValid();
            var offsetMemory = batch.Rent((batch.Rows + 1) * sizeof(int));
            var offsets = MemoryMarshal.Cast<byte, int>(offsetMemory.AsSpan());
            int at = 0, length = 0;
            for (var row = 0; row < batch.Rows; row++)
            {
                if (levels is null || levels[row] > 0) length += System.Text.Encoding.UTF8.GetByteCount(packed[at++].Span);
                else Bits.Clear(valid, row);
            }

            var bytes = batch.Rent(length);
            at = length = 0;
            for (var row = 0; row < batch.Rows; row++)
            {
                offsets[row] = length;
                if (levels is null || levels[row] > 0) length += System.Text.Encoding.UTF8.GetBytes(packed[at++].Span, bytes.AsSpan(length));
            }

            offsets[batch.Rows] = length;
            batch.SetTexts(name, bytes, offsetMemory, valid);
        }
    }
}
