using System.Buffers.Binary;
using EtlTracing.Pipeline.Batches;
using EtlTracing.Pipeline.Writing;
using Parquet;
using Parquet.Meta;
using Type = Parquet.Meta.Type;

namespace EtlTracing.Pipeline.Reading;

/// <summary>A Parquet file of flat columns that has those that a contract names, and maybe others. A row group is a part.</summary>
sealed class ParquetSource : BatchSource
{
    const int TailBytes = 64 << 10;
    const int ClosingBytes = 8;

    readonly DataSource _source;
    readonly FileMetaData _metadata;

    ParquetSource(DataSource source, FileMetaData metadata, Schema schema)
    {
        (_source, _metadata, Schema) = (source, metadata, schema);
    }

    public override Schema Schema { get; }

    public override bool CanCarry => true;

    public static async Task<ParquetSource> OpenAsync(DataSource source, Contract contract, CancellationToken cancellationToken)
    {
        var metadata = await ReadMetadataAsync(source, cancellationToken);
        var schema = new Schema(metadata.Schema.Skip(1).Select(element => ToColumn(source.Name, element)));
        var differences = new List<string>();
        foreach (var column in contract.Columns)
        {
            var found = schema.Find(column.Name);
            if (found is null) differences.Add($"missing column '{column.Name}'");
            else if (found.Type != column.Type) differences.Add($"wrong type in column '{column.Name}': expected {column.Type}, found {found.Type}");
        }

        if (differences.Count > 0) throw new SchemaMismatchException($"{source.Name} does not have the columns it should: {string.Join("; ", differences)}");
        if (metadata.RowGroups.Find(group => !IsSound(group, schema, source.Length)) is { } broken)
            throw NotParquet(source, $"its footer tells of a row group with columns that are not there, of {broken.NumRows} rows");
        Share(metadata.RowGroups);
        return new ParquetSource(source, metadata, schema);
    }

    /// <summary>
    /// Lets go of what each chunk says in its own copy as all of its column do, and of what is not used: a large file has ten thousands of chunks.
    /// </summary>
    static void Share(List<RowGroup> groups)
    {
        foreach (var group in groups)
        {
            for (var index = 0; index < group.Columns.Count; index++)
            {
                var (meta, first) = (group.Columns[index].MetaData!, groups[0].Columns[index].MetaData!);
                meta.PathInSchema = first.PathInSchema;
                if (meta.Encodings.SequenceEqual(first.Encodings)) meta.Encodings = first.Encodings;
                meta.EncodingStats = null;
                meta.KeyValueMetadata = null;
            }
        }
    }

    /// <summary>A chunk for each column, in order, within the file.</summary>
    static bool IsSound(RowGroup group, Schema schema, long length)
    {
        if (group.NumRows is < 0 or > int.MaxValue || group.Columns.Count != schema.Columns.Count) return false;
        for (var index = 0; index < group.Columns.Count; index++)
        {
            if (group.Columns[index].MetaData is not { } meta || meta.PathInSchema is not [var name] || name != schema.Columns[index].Name) return false;
            var first = EncodedChunk.FirstPage(meta);
            if (first < 0 || meta.TotalCompressedSize is < 0 or > int.MaxValue || meta.TotalUncompressedSize is < 0 or > int.MaxValue || first + meta.TotalCompressedSize > length) return false;
        }

        return true;
    }

    public override Task<BatchPass> BeginPassAsync(IReadOnlySet<string> needed, IReadOnlySet<string> carried, CancellationToken cancellationToken) =>
        Task.FromResult<BatchPass>(new ParquetPass(_source, _metadata.RowGroups, Schema, needed, carried));

    static async Task<FileMetaData> ReadMetadataAsync(DataSource source, CancellationToken cancellationToken)
    {
        if (source.Length < ClosingBytes) throw NotParquet(source, "it is too short");
        await using var ranges = new RangeReader(source);
        var tail = new byte[Math.Min(TailBytes, source.Length)];
        await ranges.ReadAsync(source.Length - tail.Length, tail, cancellationToken);
        if (!tail.AsSpan()[^4..].SequenceEqual(ParquetFooter.Magic)) throw NotParquet(source, "its last bytes are not PAR1");
        var footer = BinaryPrimitives.ReadInt32LittleEndian(tail.AsSpan()[^ClosingBytes..]) + ClosingBytes;
        if (footer < ClosingBytes || footer > source.Length) throw NotParquet(source, "its footer's length is impossible");
        if (footer > tail.Length)
        {
            tail = new byte[footer];
            await ranges.ReadAsync(source.Length - footer, tail, cancellationToken);
        }

        try
        {
            await using var reader = await ParquetReader.CreateAsync(
                new SparseStream(source.Length, [(0, ParquetFooter.Magic.ToArray()), (source.Length - tail.Length, tail)]), cancellationToken: cancellationToken);
            return reader.Metadata!;
        }
        catch (Exception broken) when (broken is not OperationCanceledException)
        {
            throw NotParquet(source, $"its footer cannot be read: {broken.Message}");
        }
    }

    static InvalidInputException NotParquet(DataSource source, string reason) => new($"{source.Name} is not a Parquet file: {reason}");

    static Column ToColumn(string name, SchemaElement element)
    {
        var type = element.Type switch
        {
            Type.BYTE_ARRAY => ColumnType.Text,
            Type.DOUBLE => ColumnType.Number,
            Type.INT32 => ColumnType.SmallInteger,
            Type.INT64 when element.LogicalType?.TIMESTAMP is not null => ColumnType.Date,
            Type.INT64 => ColumnType.Integer,
            var other => throw new SchemaMismatchException($"{name}: column '{element.Name}' is {other?.ToString() ?? "nested"}, which is not read"),
        };
        return new Column(element.Name, type, element.RepetitionType != FieldRepetitionType.REQUIRED);
    }
}
