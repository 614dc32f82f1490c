using System.Runtime.InteropServices;
using System.Text;
using EtlTracing.Pipeline.Batches;

namespace EtlTracing.Pipeline.Steps;

/// <summary>Gives the texts of some columns a word for 'nothing there'.</summary>
sealed class FillNulls((string Column, string Text)[] fills) : RowStep("Fill Null Values")
{
    readonly string[] _columns = Array.ConvertAll(fills, fill => fill.Column);
    readonly byte[][] _texts = Array.ConvertAll(fills, fill => Encoding.UTF8.GetBytes(fill.Text));

    public override IEnumerable<string> Reads(Schema schema) => _columns;

    public override IEnumerable<string> Writes(Schema schema) => _columns;

    public override Schema Change(Schema schema) =>
        _columns.Aggregate(schema, (changed, filled) => changed.With(filled, column => column with { Nullable = false }));

    public override void Apply(Batch batch)
    {
        for (var index = 0; index < _columns.Length; index++)
            if (batch.Has(_columns[index])) Fill(batch, _columns[index], _texts[index]);
    }

    static void Fill(Batch batch, string column, byte[] fill)
    {
        var texts = batch.Texts(column);
        var nulls = Bits.CountNulls(texts.Valid, batch.Rows);
        if (nulls == 0) return;
        var bytes = batch.Rent(texts.Offsets[batch.Rows] + nulls * fill.Length);
        var offsetMemory = batch.Rent((batch.Rows + 1) * sizeof(int));
        var offsets = MemoryMarshal.Cast<byte, int>(offsetMemory.AsSpan());
        int length = 0, copied = 0;
        for (var row = 0; row <= batch.Rows; row++)
        {
            if (row < batch.Rows && !texts.IsNull(row))
            {
                offsets[row] = texts.Offsets[row] - copied + length;
                continue;
            }

            // Texts between two nulls move together.
            var run = texts.Bytes[copied..texts.Offsets[row]];
            run.CopyTo(bytes.AsSpan(length));
            length += run.Length;
            copied += run.Length;
            offsets[row] = length;
            if (row == batch.Rows) break;
            fill.CopyTo(bytes.AsSpan(length));
            length += fill.Length;
        }

        batch.SetTexts(column, bytes, offsetMemory, batch.RentValid());
    }
}
