using EtlTracing.Pipeline.Batches;
using EtlTracing.Pipeline.Running;

namespace EtlTracing.Pipeline.Steps;

/// <summary>
/// One named transformation. It says which columns it looks at and which it makes, so that a pass reads no more than it needs; what it knows
/// of the whole input lives in the <see cref="StepRun"/> of one run.
/// </summary>
public abstract class Step(string name)
{
    /// <summary>The span's name.</summary>
    public string Name => name;

    /// <summary>Whether rows may leave in this step.</summary>
    public virtual bool DropsRows => false;

    /// <summary>Whether the step exists for the groups table alone, and is left out where none is wanted.</summary>
    public virtual bool MakesGroups => false;

    /// <summary>
    /// Whether the step treats each column by itself, whichever of its columns are there, and drops rows for nothing but a missing value. Then a value that is
    /// the same for many rows can pass the step later than they do.
    /// </summary>
    public virtual bool IsColumnwise => false;

    /// <summary>Columns that the step looks at, by the names they have when it begins.</summary>
    public virtual IEnumerable<string> Reads(Schema schema) => [];

    /// <summary>Columns whose values the step makes or changes, by the names they have when it is done.</summary>
    public virtual IEnumerable<string> Writes(Schema schema) => [];

    /// <summary>The columns behind the step. Throws where one that it needs isn't there.</summary>
    public virtual Schema Change(Schema schema) => schema;

    public abstract StepRun Start(RunContext run);
}

/// <summary>A step at work in one run. <see cref="Apply"/> and <see cref="Observe"/> are called for different batches at once.</summary>
public abstract class StepRun : IDisposable
{
    /// <summary>The step must see every row before it can be applied to the first.</summary>
    public virtual bool NeedsWholeInput => false;

    /// <summary>What the step learns of a batch while it looks for the first time is all that is needed to apply it to that batch.</summary>
    public virtual bool KnownAtOnce => false;

    /// <summary>
    /// All that the step needs the whole input for is one value, which goes where there is none: applied before, it marks those rows by
    /// <see cref="Batch.Defer"/>.
    /// </summary>
    public virtual bool Defers => false;

    /// <summary>False as soon as it is certain that <see cref="Complete"/> will say so.</summary>
    public virtual bool Suffices => true;

    /// <summary>Bytes of the memory budget that so many rows take, so that what was learnt of them suffices.</summary>
    public virtual long BytesFor(long rows) => 0;

    /// <summary>Whether <see cref="Order"/> has anything to do in the pass at hand.</summary>
    public virtual bool Ordered => false;

    /// <summary>Looks at a batch of a pass that comes before the last. Rows may be dropped where that is known at once.</summary>
    public virtual void Observe(Batch batch) { }

    /// <summary>The part that must be done in order, one batch at a time, behind <see cref="Observe"/> or <see cref="Apply"/>.</summary>
    public virtual void Order(Batch batch) { }

    /// <summary>All rows have been observed. False where that turned out not to suffice for what came behind the step in that pass.</summary>
    public virtual bool Complete() => true;

    /// <summary>Forgets what was observed: the rows were not the final ones.</summary>
    public virtual void Reset() { }

    public abstract void Apply(Batch batch);

    /// <summary>The groups table, when all rows have passed; null where the step makes none.</summary>
    public virtual (Schema Schema, Batch Rows)? Groups() => null;

    /// <summary>Lets go of what the step has on disk.</summary>
    public virtual void Dispose() => GC.SuppressFinalize(this);
}

/// <summary>A step that needs to know nothing but the batch before it.</summary>
public abstract class RowStep(string name) : Step(name)
{
    public abstract void Apply(Batch batch);

    public sealed override StepRun Start(RunContext run) => new Run(this);

    sealed class Run(RowStep step) : StepRun
    {
        public override void Apply(Batch batch) => step.Apply(batch);
    }
}
