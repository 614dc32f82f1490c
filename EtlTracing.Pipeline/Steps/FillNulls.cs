using System.Runtime.InteropServices;
using System.Text;
using EtlTracing.Pipeline.Batches;

namespace EtlTracing.Pipeline.Steps;

/// <summary>Gives the texts of some columns a word for 'nothing there'.</summary>
sealed class FillNulls((string Column, string Text)[] fills) : RowStep("Fill Null Values")
{
    readonly (string Column, byte[] Text)[] _fills = [.. fills.Select(fill => (fill.Column, Encoding.UTF8.GetBytes(fill.Text)))];

    public override IEnumerable<string> Reads(Schema schema) => fills.Select(fill => fill.Column);

    public override IEnumerable<string> Writes(Schema schema) => fills.Select(fill => fill.Column);

    public override Schema Change(Schema schema) =>
        fills.Aggregate(schema, (changed, fill) => changed.With(fill.Column, column => column with { Nullable = false }));

    public override void Apply(Batch batch)
    {
        foreach (var (column, text) in _fills)
            if (batch.Has(column)) Fill(batch, column, text);
    }

    static void Fill(Batch batch, string column, byte[] fill)
    {
        var texts = batch.Texts(column);
        var nulls = Bits.CountNulls(texts.Valid, batch.Rows);
        if (nulls == 0) return;
        var bytes = batch.Rent(texts.Offsets[batch.Rows] + nulls * fill.Length);
        var offsetMemory = batch.Rent((batch.Rows + 1) * sizeof(int));
        var offsets = MemoryMarshal.Cast<byte, int>(offsetMemory.AsSpan());
        var length = 0;
        for (var row = 0; row < batch.Rows; row++)
        {
            offsets[row] = length;
            var text = texts.IsNull(row) ? fill : texts[row];
            text.CopyTo(bytes.AsSpan(length));
            length += text.Length;
        }

        offsets[batch.Rows] = length;
        batch.SetTexts(column, bytes, offsetMemory, batch.RentValid());
    }
}
