using EtlTracing.Pipeline.Batches;

namespace EtlTracing.Pipeline.Writing;

/// <summary>Single values as Parquet's plain encoding has them.</summary>
static class PlainValue
{
    /// <summary>Microseconds since 1970, which is how dates are stored.</summary>
    public static long Microseconds(DateTime date) => (date.Ticks - DateTime.UnixEpoch.Ticks) / TimeSpan.TicksPerMicrosecond;

    /// <summary>The value of a fixed-width column's first row.</summary>
    public static byte[] OfFirst(Batch batch, Column column) => column.Type switch
    {
        ColumnType.Number => BitConverter.GetBytes(batch.Values<double>(column.Name)[0]),
        ColumnType.Integer => BitConverter.GetBytes(batch.Values<long>(column.Name)[0]),
        ColumnType.SmallInteger => BitConverter.GetBytes(batch.Values<int>(column.Name)[0]),
        ColumnType.Date => BitConverter.GetBytes(Microseconds(batch.Values<DateTime>(column.Name)[0])),
        _ => throw new NotSupportedException($"'{column.Name}' is of texts"),
    };
}
