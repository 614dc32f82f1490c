using EtlTracing.Pipeline.Batches;
using EtlTracing.Pipeline.Running;
using EtlTracing.Pipeline.Summaries;

namespace EtlTracing.Pipeline.Steps;

/// <summary>
/// A date later than the run's year, or before the year in another column, gets the median of the valid dates, and so does a missing one. Where the
/// other column is null the date counts as valid. The column goes to the end.
/// </summary>
sealed class CorrectReviewDates(string date, string notBefore) : Step("Correct Review Dates")
{
    /// <summary>Ticks at which the years 1..9999 begin: asking each date for its year takes a division or three.</summary>
    static readonly long[] s_years = Years();

    public override IEnumerable<string> Reads(Schema schema) => [date, notBefore];

    public override IEnumerable<string> Writes(Schema schema) => [date];

    public override Schema Change(Schema schema) => schema.Without(date).Plus(schema[date]);

    public override StepRun Start(RunContext run) => new Run(date, notBefore, run);

    static long[] Years()
    {
        var years = new long[9999];
        for (var year = 1; year <= years.Length; year++) years[year - 1] = new DateTime(year, 1, 1).Ticks;
        return years;
    }

    sealed class Run(string date, string notBefore, RunContext run) : StepRun
    {
        readonly ValueCounts _counts = new(run.Memory, run.Options.SpillFolder);
        DateTime? _median;
        bool _complete;

        public override bool NeedsWholeInput => !_complete;

        public override bool Defers => true;

        public override void Observe(Batch batch)
        {
            var (dates, dated) = batch.Values<DateTime>(date);
            var (years, known) = batch.Values<double>(notBefore);
            var end = End;
            var kept = batch.Kept;
            var counts = _counts.Take();
            for (var row = 0; row < dates.Length; row++)
                if (kept[row] != 0 && Bits.Get(dated, row) && IsValid(dates[row], end, Bits.Get(known, row) ? years[row] : 0)) counts.Add(dates[row].Ticks);
            _counts.GiveBack(counts);
        }

        public override bool Complete()
        {
            // Dates are days, so the middle of two of them is a whole number of ticks.
            if (_counts.Middle() is var (lower, upper)) _median = new DateTime(lower + (upper - lower) / 2);
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
            var (dates, dated) = batch.Values<DateTime>(date);
            var (years, known) = batch.Values<double>(notBefore);
            var end = End;
            var memory = batch.Rent<DateTime>(out var corrected);
            var wrong = batch.RentBits();
            var median = _median ?? default;
            for (var row = 0; row < corrected.Length; row++)
            {
                var sound = Bits.Get(dated, row) && IsValid(dates[row], end, Bits.Get(known, row) ? years[row] : 0);
                corrected[row] = sound ? dates[row] : median;
                if (!sound) Bits.Set(wrong, row);
            }

            batch.Set<DateTime>(date, memory, _complete && _median is null ? Bits.Not(batch, wrong) : batch.RentValid());
            if (!_complete) batch.Defer(date, wrong);
        }

        /// <summary>Where the first year begins that is later than the run's.</summary>
        long End => run.Options.Today.Year < s_years.Length ? s_years[run.Options.Today.Year] : long.MaxValue;

        static bool IsValid(DateTime date, long end, double earliest) =>
            date.Ticks < end && (earliest <= 1 || (earliest <= s_years.Length && date.Ticks >= s_years[(int)Math.Ceiling(earliest) - 1]));
    }
}
