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
            var groups = Groups(batch);
            var part = _domain.Take();
            var seen = new WholeNumberMap?[groups.Count];
            for (var row = 0; row < values.Length; row++)
            {
                var group = groups[row];
                if (group < 0 || !batch.IsIn(row) || values.IsNull(row)) continue;
                (seen[group] ??= part.Of(groups.Text(group))).At(values[row]) = 1;
            }

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
            var groups = Groups(batch);
            var memory = batch.Rent<int>(out var ranks);
            var valid = batch.RentValid();
            var lookup = _domain.BeginLookup();
            var known = new RankDomain.GroupRanks?[groups.Count];
            for (var row = 0; row < ranks.Length; row++)
            {
                ranks[row] = 0;
                var group = groups[row];
                if (group < 0 || values.IsNull(row)) Bits.Clear(valid, row);
                else if (batch.IsIn(row)) ranks[row] = (known[group] ??= lookup.Of(groups.Text(group))).RankOf(values[row]);
            }

            batch.Set<int>(target, memory, valid);
        }

        TextNumbers Groups(Batch batch) => within is null ? batch.NumberAlike() : batch.NumberTexts(within);
    }
}
