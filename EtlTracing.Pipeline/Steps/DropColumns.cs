using EtlTracing.Pipeline.Batches;

namespace EtlTracing.Pipeline.Steps;

sealed class DropColumns(string[] columns) : RowStep("Drop Columns")
{
    public override Schema Change(Schema schema) => schema.Without(columns.Where(column => schema.Find(column) is not null));

    public override void Apply(Batch batch)
    {
        // Mostly they were not even read: nothing needs them.
        foreach (var column in columns)
            if (batch.Has(column)) batch.Remove(column);
    }
}
