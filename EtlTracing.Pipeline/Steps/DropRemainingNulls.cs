using EtlTracing.Pipeline.Batches;

namespace EtlTracing.Pipeline.Steps;

/// <summary>Drops rows that lack a value in any column.</summary>
sealed class DropRemainingNulls() : RowStep("Drop Remaining Nulls")
{
    public override bool DropsRows => true;

    public override bool IsColumnwise => true;

    public override IEnumerable<string> Reads(Schema schema) => schema.Columns.Where(column => column.Nullable).Select(column => column.Name);

    public override Schema Change(Schema schema) => new(schema.Columns.Select(column => column with { Nullable = false }));

    public override void Apply(Batch batch)
    {
        foreach (var column in batch.Frame.Columns)
        {
            if (column.NullCount == 0) continue;
            var valid = batch.Valid(column.Name);
            for (var row = 0; row < batch.Rows; row++)
                if (!Bits.Get(valid, row)) batch.Drop(row);
        }
    }
}
