using EtlTracing.Pipeline.Batches;
using EtlTracing.Pipeline.Running;

namespace EtlTracing.Pipeline.Steps;

/// <summary>Makes 32-bit integers of numbers, rounding half to even, and renumbers the rows 1..n in the input's order.</summary>
sealed class FinalDataTypes(string id, string[] integers) : Step("Final Data Types")
{
    public override bool DropsRows => true;

    public override bool IsColumnwise => true;

    public override IEnumerable<string> Reads(Schema schema) => integers;

    public override IEnumerable<string> Writes(Schema schema) => [id, .. integers];

    public override Schema Change(Schema schema) => integers.Aggregate(
        schema.With(id, column => column with { Type = ColumnType.Integer, Nullable = false }),
        (changed, name) => changed.With(name, column => column with { Type = ColumnType.SmallInteger }));

    public override StepRun Start(RunContext run) => new Run(id, integers);

    sealed class Run(string id, string[] integers) : StepRun
    {
        long _next = 1;

        public override bool Ordered => true;

        public override void Apply(Batch batch)
        {
            foreach (var column in integers)
                if (batch.Has(column)) Convert(batch, column);
        }

        public override void Order(Batch batch)
        {
            var memory = batch.Rent<long>(out var numbers);
            var kept = batch.Kept;
            for (var row = 0; row < numbers.Length; row++)
            {
                numbers[row] = _next;
                _next += kept[row];
            }

            batch.Set<long>(id, memory, batch.RentValid());
        }

        static void Convert(Batch batch, string column)
        {
            var (numbers, there) = batch.Values<double>(column);
            var memory = batch.Rent<int>(out var integers);
            var kept = batch.Kept;
            for (var row = 0; row < integers.Length; row++)
            {
                var rounded = Math.Round(numbers[row], MidpointRounding.ToEven);
                integers[row] = (int)rounded;
                if (integers[row] != rounded && kept[row] != 0 && Bits.Get(there, row)) batch.Reject(row, $"too large in {column}");
            }

            var valid = batch.RentValid();
            there[..Bits.Bytes(batch.Rows)].CopyTo(valid);
            batch.Set<int>(column, memory, valid);
        }
    }
}
