using EtlTracing.Pipeline.Batches;
using EtlTracing.Pipeline.Running;
using EtlTracing.Pipeline.Summaries;

namespace EtlTracing.Pipeline.Steps;

/// <summary>Dense ranks of whole numbers, the largest first, over all rows or within each text of another column. A null has no rank.</summary>
sealed class RankDense(string name, string target, string by, string? within) : Step(name)
{
    public override IEnumerable<string> Reads(Schema schema) => within is null ? [by] : [by, within];

    public override IEnumerable<string> Writes(Schema schema) => [target];

    public override Schema Change(Schema schema) => schema.Plus(
        new Column(target, ColumnType.SmallInteger, schema[by].Nullable || (within is not null && schema[within].Nullable)) { Origin = $"+{target}" });

    public override StepRun Start(RunContext run) => new Run(target, by, within, run);

    sealed class Run(string target, string by, string? within, RunContext run) : StepRun
    {
        readonly RankDomain _domain = new(run.Memory, run.Options.SpillFolder);
        bool _complete;

        public override bool NeedsWholeInput => !_complete;

        public override void Observe(Batch batch)
        {
            var values = new WholeNumbers(batch, by);
            var groups = within is null ? default : batch.Texts(within);
            var kept = batch.Kept;
            var part = _domain.Take();
            for (var row = 0; row < values.Length; row++)
                if (kept[row] != 0 && !values.IsNull(row) && (within is null || !groups.IsNull(row))) part.Add(within is null ? default : groups[row], values[row]);
            _domain.GiveBack(part);
        }

        public override bool Complete()
        {
            _domain.Complete();
            _complete = true;
            return true;
        }

        public override void Reset() => _domain.Clear();

        public override void Dispose()
        {
            _domain.Dispose();
            base.Dispose();
        }

        public override void Apply(Batch batch)
        {
            var values = new WholeNumbers(batch, by);
            var groups = within is null ? default : batch.Texts(within);
            var memory = batch.Rent<int>(out var ranks);
            var valid = batch.RentValid();
            var lookup = _domain.BeginLookup();
            for (var row = 0; row < ranks.Length; row++)
            {
                ranks[row] = 0;
                if (values.IsNull(row) || (within is not null && groups.IsNull(row))) Bits.Clear(valid, row);
                else if (batch.Kept[row] != 0) ranks[row] = lookup.RankOf(within is null ? default : groups[row], values[row]);
            }

            batch.Set<int>(target, memory, valid);
        }
    }
}
