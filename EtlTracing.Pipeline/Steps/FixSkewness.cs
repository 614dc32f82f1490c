using EtlTracing.Pipeline.Batches;
using EtlTracing.Pipeline.Running;
using EtlTracing.Pipeline.Summaries;

namespace EtlTracing.Pipeline.Steps;

/// <summary>Puts the median of the rows still there in the place of nulls, then takes the square root.</summary>
sealed class FixSkewness(string column) : Step($"Fix Skewness {column}")
{
    public override IEnumerable<string> Reads(Schema schema) => [column];

    public override IEnumerable<string> Writes(Schema schema) => [column];

    public override Schema Change(Schema schema) => schema.With(column, changed => changed);

    public override StepRun Start(RunContext run) => new Run(column, run);

    sealed class Run(string column, RunContext run) : StepRun
    {
        readonly ValueCounts _counts = new(run.Memory, run.Options.SpillFolder);
        double? _median;
        bool _complete;

        public override bool NeedsWholeInput => !_complete;

        public override bool Defers => true;

        public override void Observe(Batch batch)
        {
            var (numbers, valid) = batch.Values<double>(column);
            var counts = _counts.Take();
            var kept = batch.Kept;
            for (var row = 0; row < numbers.Length; row++)
                if (kept[row] != 0 && Bits.Get(valid, row)) counts.Add(SortableKey.Of(numbers[row]));
            _counts.GiveBack(counts);
        }

        public override bool Complete()
        {
            if (_counts.Middle() is var (lower, upper)) _median = (SortableKey.ToDouble(lower) + SortableKey.ToDouble(upper)) / 2;
            _counts.Clear();
            _complete = true;
            return true;
        }

        public override void Reset() => _counts.Clear();

        public override void Dispose()
        {
            _counts.Dispose();
            base.Dispose();
        }

        public override void Apply(Batch batch)
        {
            var (numbers, there) = batch.Values<double>(column);
            var memory = batch.Rent<double>(out var roots);
            var valid = batch.RentValid();
            var median = _median ?? 0;
            if (!_complete) batch.Defer(column, Bits.Not(batch, there));
            else if (_median is null) there[..Bits.Bytes(batch.Rows)].CopyTo(valid);
            for (var row = 0; row < roots.Length; row++)
            {
                roots[row] = Math.Sqrt(Bits.Get(there, row) ? numbers[row] : median);

                // The root of a negative number is no number, and leaves with the other nulls.
                if (double.IsNaN(roots[row])) Bits.Clear(valid, row);
            }

            batch.Set<double>(column, memory, valid);
        }
    }
}
