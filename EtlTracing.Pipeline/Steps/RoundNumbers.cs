using EtlTracing.Pipeline.Batches;

namespace EtlTracing.Pipeline.Steps;

/// <summary>Rounds half to even.</summary>
sealed class RoundNumbers(string name, string column) : RowStep(name)
{
    public override bool IsColumnwise => true;

    public override IEnumerable<string> Reads(Schema schema) => [column];

    public override IEnumerable<string> Writes(Schema schema) => [column];

    public override Schema Change(Schema schema) => schema.With(column, changed => changed);

    public override void Apply(Batch batch)
    {
        if (!batch.Has(column)) return;
        var (numbers, there) = batch.Values<double>(column);
        var memory = batch.Rent<double>(out var rounded);
        for (var row = 0; row < rounded.Length; row++) rounded[row] = Math.Round(numbers[row], MidpointRounding.ToEven);
        var valid = batch.RentValid();
        there[..Bits.Bytes(batch.Rows)].CopyTo(valid);
        batch.Set<double>(column, memory, valid);
    }
}
