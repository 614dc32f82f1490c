using Parquet;
using Parquet.Schema;

namespace EtlTracing.Viewer.Data;

/// <summary>A Parquet file's schema, profile and first rows, from its footer and its first row group.</summary>
public sealed record ParquetView
{
    /// <summary>Rows kept for the table; profiles look at the whole first row group.</summary>
    public const int MaxFirstRows = 50;

    /// <summary>A foreign file may have row groups of any size.</summary>
    const int MaxSampledRows = 1 << 18;

    public required long Rows { get; init; }
    public required int RowGroups { get; init; }
    public required long SampledRows { get; init; }
    public required string Compression { get; init; }
    public required IReadOnlyList<ColumnProfile> Columns { get; init; }
    public required IReadOnlyDictionary<string, string> Footer { get; init; }

    public string? FooterValue(params string[] names) =>
        names.Select(name => Footer.GetValueOrDefault(name)).FirstOrDefault(value => value is { Length: > 0 });

    /// <exception cref="InvalidDataException">It is not Parquet, or not whole.</exception>
    public static async Task<ParquetView> ReadAsync(Stream stream, CancellationToken cancel)
    {
        try
        {
            await using var reader = await ParquetReader.CreateAsync(stream, leaveStreamOpen: true, cancellationToken: cancel);
            var metadata = reader.Metadata ?? throw new InvalidDataException("the footer is missing");
            var columns = new List<ColumnProfile>();
            long sampled = 0;
            if (reader.RowGroupCount > 0)
            {
                using var group = reader.OpenRowGroupReader(0);
                sampled = Math.Min(group.RowCount, MaxSampledRows);
                foreach (var field in reader.Schema.DataFields)
                {
                    // Values are packed in pages: the whole column of the group is read, one column in memory at a time.
                    var values = group.RowCount <= MaxSampledRows * 8L && !field.IsArray ? await ColumnAsync(group, field, cancel) : [];
                    var (nulls, min, max) = Statistics(reader, field);
                    columns.Add(ColumnProfile.Of(field.Path.ToString(), TypeName(field), values, metadata.NumRows, nulls, min, max, MaxFirstRows));
                }
            }
            return new ParquetView
            {
                Rows = metadata.NumRows,
                RowGroups = reader.RowGroupCount,
                SampledRows = sampled,
                Compression = metadata.RowGroups is [{ Columns: [{ MetaData: { } first }, ..] }, ..] ? Name(first.Codec) : "",
                Columns = columns,
                Footer = new Dictionary<string, string>(reader.CustomMetadata),
            };
        }
        catch (Exception problem) when (problem is ParquetException or IOException or NotSupportedException or ArgumentException or IndexOutOfRangeException or InvalidOperationException)
        {
            throw new InvalidDataException($"it cannot be read as Parquet: {problem.Message}", problem);
        }
    }

    static (long? Nulls, object? Min, object? Max) Statistics(ParquetReader reader, DataField field)
    {
        long nulls = 0;
        object? min = null, max = null;
        for (var i = 0; i < reader.RowGroupCount; i++)
        {
            using var group = reader.OpenRowGroupReader(i);
            if (group.GetStatistics(field) is not { NullCount: { } count } statistics) return (null, null, null);
            nulls += count;
            if (statistics.MinValue is IComparable low && (min is null || low.CompareTo(min) < 0)) min = low;
            if (statistics.MaxValue is IComparable high && (max is null || high.CompareTo(max) > 0)) max = high;
        }
        return (nulls, min, max);
    }

    static Task<IReadOnlyList<object?>> ColumnAsync(ParquetRowGroupReader group, DataField field, CancellationToken cancel) =>
        Type.GetTypeCode(field.ClrType) switch
        {
            _ when IsText(field) => TextsAsync(group, field, cancel),
            TypeCode.Int64 => ValuesAsync<long>(group, field, cancel),
            TypeCode.Int32 => ValuesAsync<int>(group, field, cancel),
            TypeCode.Int16 => ValuesAsync<short>(group, field, cancel),
            TypeCode.SByte => ValuesAsync<sbyte>(group, field, cancel),
            TypeCode.Byte => ValuesAsync<byte>(group, field, cancel),
            TypeCode.UInt16 => ValuesAsync<ushort>(group, field, cancel),
            TypeCode.UInt32 => ValuesAsync<uint>(group, field, cancel),
            TypeCode.UInt64 => ValuesAsync<ulong>(group, field, cancel),
            TypeCode.Double => ValuesAsync<double>(group, field, cancel),
            TypeCode.Single => ValuesAsync<float>(group, field, cancel),
            TypeCode.Decimal => ValuesAsync<decimal>(group, field, cancel),
            TypeCode.Boolean => ValuesAsync<bool>(group, field, cancel),
            TypeCode.DateTime => ValuesAsync<DateTime>(group, field, cancel),
            _ when field.ClrType == typeof(DateOnly) => ValuesAsync<DateOnly>(group, field, cancel),
            _ => Task.FromResult<IReadOnlyList<object?>>([]),
        };

    static async Task<IReadOnlyList<object?>> TextsAsync(ParquetRowGroupReader group, DataField field, CancellationToken cancel)
    {
        var values = new string[group.RowCount];
        await group.ReadAsync(field, values, null, cancel);
        return values;
    }

    static async Task<IReadOnlyList<object?>> ValuesAsync<T>(ParquetRowGroupReader group, DataField field, CancellationToken cancel) where T : struct
    {
        if (field.IsNullable)
        {
            var nullable = new T?[group.RowCount];
            await group.ReadAsync<T>(field, nullable.AsMemory(), null, cancel);
            return Array.ConvertAll(nullable, value => (object?)value);
        }
        var values = new T[group.RowCount];
        await group.ReadAsync<T>(field, values.AsMemory(), null, cancel);
        return Array.ConvertAll(values, value => (object?)value);
    }

    /// <summary>The reader offers texts without making strings of them, and says so in the type.</summary>
    static bool IsText(DataField field) => field.ClrType == typeof(string) || field.ClrType == typeof(ReadOnlyMemory<char>);

    static string TypeName(DataField field)
    {
        var name = Type.GetTypeCode(field.ClrType) switch
        {
            _ when IsText(field) => "string",
            TypeCode.DateTime => "timestamp",
            TypeCode.Boolean => "bool",
            TypeCode.Single => "float",
            _ when field.ClrType == typeof(DateOnly) => "date",
            _ => field.ClrType.Name.ToLowerInvariant(),
        };
        return field.IsArray ? name + "[]" : name;
    }

    static string Name(Parquet.Meta.CompressionCodec codec)
    {
        var name = codec.ToString();
        return name.Length < 2 ? name : name[0] + name[1..].ToLowerInvariant();
    }
}
