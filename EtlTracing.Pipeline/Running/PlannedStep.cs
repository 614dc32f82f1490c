using System.Diagnostics;
using EtlTracing.Pipeline.Batches;
using EtlTracing.Pipeline.Steps;

namespace EtlTracing.Pipeline.Running;

/// <summary>A step in its place in a run, with what it did so far.</summary>
sealed class PlannedStep(Step step, StepRun run, Schema before, Schema after)
{
    long _rowsIn;
    long _rowsOut;
    long _rejected;
    long _busy;

    public string Name => step.Name;

    public StepRun Run => run;

    public bool DropsRows => step.DropsRows;

    public bool IsColumnwise => step.IsColumnwise;

    /// <summary>Origins of the columns that it looks at.</summary>
    public IReadOnlyList<string> Reads { get; } = [.. step.Reads(before).Select(name => before[name].Origin)];

    /// <summary>Origins of the columns that it makes or changes.</summary>
    public IReadOnlyList<string> Writes { get; } = [.. step.Writes(after).Select(name => after[name].Origin)];

    public Schema Before => before;

    /// <summary>Whether the step gives a column, named by its origin, another name.</summary>
    public bool Renames(string origin) => NameIn(before, origin) is { } name && NameIn(after, origin) is { } later && name != later;

    public long RowsIn => _rowsIn;

    public long RowsOut => _rowsOut;

    public long Rejected => _rejected;

    /// <summary>Time that threads spent in it, all passes together.</summary>
    public TimeSpan Busy => Stopwatch.GetElapsedTime(0, _busy);

    public void Observe(Batch batch) => Timed(batch, run.Observe);

    /// <summary>As <see cref="Observe"/>, but the rows count: it happens once a batch.</summary>
    public void Apply(Batch batch) => Timed(batch, run.Apply);

    public void Order(Batch batch) => Timed(batch, run.Order);

    public void CountIn(Batch batch) => Interlocked.Add(ref _rowsIn, batch.Live);

    public void CountOut(Batch batch, int rejected)
    {
        Interlocked.Add(ref _rowsOut, batch.Live);
        Interlocked.Add(ref _rejected, rejected);
    }

    public bool Complete()
    {
        var start = Stopwatch.GetTimestamp();
        var sufficed = run.Complete();
        Interlocked.Add(ref _busy, Stopwatch.GetTimestamp() - start);
        return sufficed;
    }

    static string? NameIn(Schema schema, string origin) => schema.Columns.FirstOrDefault(column => column.Origin == origin)?.Name;

    void Timed(Batch batch, Action<Batch> work)
    {
        var start = Stopwatch.GetTimestamp();
        work(batch);
        Interlocked.Add(ref _busy, Stopwatch.GetTimestamp() - start);
    }
}
