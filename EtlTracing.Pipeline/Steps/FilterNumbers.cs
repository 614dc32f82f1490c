using EtlTracing.Pipeline.Batches;

namespace EtlTracing.Pipeline.Steps;

/// <summary>Keeps rows whose number passes a test; a null never does.</summary>
sealed class FilterNumbers(string name, string column, Func<double, bool> keep) : RowStep(name)
{
    public override bool DropsRows => true;

    public override IEnumerable<string> Reads(Schema schema) => [column];

    public override Schema Change(Schema schema) => schema.With(column, changed => changed with { Nullable = false });

    public override void Apply(Batch batch)
    {
        var (numbers, valid) = batch.Values<double>(column);
        for (var row = 0; row < numbers.Length; row++)
            if (!Bits.Get(valid, row) || !keep(numbers[row])) batch.Drop(row);
    }
}
