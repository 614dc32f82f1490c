using EtlTracing.Pipeline.Batches;
using EtlTracing.Pipeline.Running;

namespace EtlTracing.Pipeline.Steps;

/// <summary>Counts the rows and leaves the number as a fact for later steps.</summary>
sealed class CountRows(string name, string fact) : Step(name)
{
    public override StepRun Start(RunContext run) => new Run(run, fact);

    sealed class Run(RunContext run, string fact) : StepRun
    {
        long _rows;
        bool _complete;

        public override bool NeedsWholeInput => !_complete;

        public override void Observe(Batch batch) => Interlocked.Add(ref _rows, batch.Live);

        public override bool Complete()
        {
            run.Facts[fact] = _rows;
            _complete = true;
            return true;
        }

        public override void Reset() => _rows = 0;

        public override void Apply(Batch batch) { }
    }
}
