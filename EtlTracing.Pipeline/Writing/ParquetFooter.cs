using System.Buffers.Binary;
using EtlTracing.Pipeline.Batches;
using Parquet.Meta;
using Type = Parquet.Meta.Type;

namespace EtlTracing.Pipeline.Writing;

/// <summary>
/// Writes the end of a Parquet file whose row groups were encoded apart from each other, which no writer of Parquet.Net does: field numbers are
/// those of github.com/apache/parquet-format/blob/master/src/main/thrift/parquet.thrift.
/// </summary>
static class ParquetFooter
{
    public static ReadOnlySpan<byte> Magic => "PAR1"u8;

    /// <summary>Metadata, its length and the closing magic number.</summary>
    public static ReadOnlyMemory<byte> Write(Schema schema, FooterGroups groups, IEnumerable<KeyValuePair<string, string>> metadata)
    {
        const int Others = 16 << 10;
        var output = new MemoryStream(groups.Bytes.Length + Others);
        var thrift = new ThriftWriter(output);
        thrift.Element(() =>
        {
            thrift.I32(1, 2);
            thrift.StructureList<Column?>(2, [null, .. schema.Columns], column => WriteSchema(thrift, column, schema));
            thrift.I64(3, groups.Rows);
            thrift.StructureList(4, groups.Count, groups.Bytes);
            thrift.StructureList(5, [.. metadata], entry =>
            {
                thrift.Text(1, entry.Key);
                thrift.Text(2, entry.Value);
            });
            thrift.Text(6, "EtlTracing");

            // Without a declared order readers must ignore minimum and maximum.
            thrift.StructureList(7, schema.Columns, _ => thrift.Structure(1, () => { }));
        });
        var length = (int)output.Length;
        Span<byte> tail = stackalloc byte[4];
        BinaryPrimitives.WriteInt32LittleEndian(tail, length);
        output.Write(tail);
        output.Write(Magic);
        return output.GetBuffer().AsMemory(0, (int)output.Length);
    }

    static void WriteSchema(ThriftWriter thrift, Column? column, Schema schema)
    {
        if (column is null)
        {
            thrift.Text(4, "root");
            thrift.I32(5, schema.Columns.Count);
            return;
        }

        thrift.I32(1, (int)(column.Type switch
        {
            ColumnType.Text => Type.BYTE_ARRAY,
            ColumnType.Number => Type.DOUBLE,
            ColumnType.SmallInteger => Type.INT32,
            _ => Type.INT64,
        }));
        thrift.I32(3, (int)(column.Nullable ? FieldRepetitionType.OPTIONAL : FieldRepetitionType.REQUIRED));
        thrift.Text(4, column.Name);
        if (column.Type == ColumnType.Text)
        {
            thrift.I32(6, (int)ConvertedType.UTF8);
            thrift.Structure(10, () => thrift.Structure(1, () => { }));
        }
        else if (column.Type == ColumnType.Date)
        {
            // A timestamp in microseconds that belongs to no time zone.
            thrift.Structure(10, () => thrift.Structure(8, () =>
            {
                thrift.Bool(1, false);
                thrift.Structure(2, () => thrift.Structure(2, () => { }));
            }));
        }
    }
}
