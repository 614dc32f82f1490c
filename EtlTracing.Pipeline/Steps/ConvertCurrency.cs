using EtlTracing.Pipeline.Batches;
using EtlTracing.Pipeline.Reading;

namespace EtlTracing.Pipeline.Steps;

/// <summary>Makes numbers of texts like <c>"$1,018 "</c>. Rows without one are dropped; a text that is no amount rejects its row.</summary>
sealed class ConvertCurrency(string column) : RowStep($"Convert Currency {column}")
{
    public override bool DropsRows => true;

    public override IEnumerable<string> Reads(Schema schema) => [column];

    public override IEnumerable<string> Writes(Schema schema) => [column];

    public override Schema Change(Schema schema) => schema.With(column, changed => changed with { Type = ColumnType.Number, Nullable = false });

    public override void Apply(Batch batch)
    {
        var texts = batch.Texts(column);
        var memory = batch.Rent<double>(out var amounts);
        var valid = batch.RentValid();
        var bytes = texts.Bytes;
        var offsets = texts.Offsets;
        var kept = batch.Kept;
        for (var row = 0; row < amounts.Length; row++)
        {
            amounts[row] = 0;
            if (kept[row] == 0) continue;
            var start = offsets[row];
            if (texts.IsNull(row)) batch.Drop(row);
            else if (!FieldText.TryCurrency(bytes[start..], offsets[row + 1] - start, out amounts[row])) batch.Reject(row, $"not an amount in {column}");
        }

        batch.Set<double>(column, memory, valid);
    }
}
