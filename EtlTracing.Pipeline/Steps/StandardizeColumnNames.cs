using EtlTracing.Pipeline.Batches;
using EtlTracing.Pipeline.Reading;

namespace EtlTracing.Pipeline.Steps;

/// <summary>Lower case, spaces to underscores.</summary>
sealed class StandardizeColumnNames() : RowStep("Standardize Column Names")
{
    public override Schema Change(Schema schema) => new(schema.Columns.Select(column => column with { Name = Contract.Standardize(column.Name) }));

    public override void Apply(Batch batch)
    {
        foreach (var name in batch.Frame.Columns.Select(column => column.Name).ToArray())
            if (Contract.Standardize(name) is var standard && standard != name) batch.Rename(name, standard);
    }
}
