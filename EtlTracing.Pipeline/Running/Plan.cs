using EtlTracing.Pipeline.Batches;
using EtlTracing.Pipeline.Steps;

namespace EtlTracing.Pipeline.Running;

/// <summary>What one pass over the input does.</summary>
/// <param name="Steps">The steps that take part, in order.</param>
/// <param name="Observed">Those of them that look at the rows in order to be applied in a later pass.</param>
/// <param name="Needed">Origins of the columns to read.</param>
/// <param name="IsLast">Whether all steps are applied, so that rows can be written.</param>
sealed record PassPlan(IReadOnlyList<PlannedStep> Steps, IReadOnlySet<PlannedStep> Observed, IReadOnlySet<string> Needed, bool IsLast);

/// <summary>
/// Cuts a recipe into passes. A step that needs the whole input looks at it in one pass and is applied in a later one; whatever hangs on its
/// outcome waits until then, and everything else that can look in the same pass does.
/// </summary>
sealed class Plan : IDisposable
{
    public Plan(IEnumerable<Step> steps, Schema source, RunContext context)
    {
        var schema = source;
        var planned = new List<PlannedStep>();
        foreach (var step in steps)
        {
            var after = step.Change(schema);
            planned.Add(new PlannedStep(step, step.Start(context), schema, after));
            schema = after;
        }

        Source = source;
        Steps = planned;
        Output = schema;
    }

    public Schema Source { get; }

    public IReadOnlyList<PlannedStep> Steps { get; }

    public Schema Output { get; }

    /// <summary>Origins of columns that nothing touches, so that the form they are stored in can go to the output.</summary>
    public IReadOnlySet<string> Carried()
    {
        if (Steps.Any(step => step.DropsRows)) return new HashSet<string>();
        var touched = Steps.SelectMany(step => step.Writes).ToHashSet();
        return Output.Columns.Where(column => Source.Find(column.Name)?.Origin == column.Origin).Select(column => column.Origin).Except(touched).ToHashSet();
    }

    /// <summary>Origins of the columns that some pass reads.</summary>
    public IReadOnlySet<string> AllNeeded(IReadOnlySet<string> carried) =>
        Needed(Steps, Output.Columns.Select(column => column.Origin).Where(origin => !carried.Contains(origin)));

    /// <summary>
    /// The first pass that is the last one, too: what a step learns of a batch can be applied to it at once, or is a value that rows can wait for while
    /// they are written. Null where that is not so.
    /// </summary>
    public PassPlan? OnlyPass(IReadOnlySet<string> carried)
    {
        var deferred = new HashSet<string>();
        foreach (var step in Steps)
        {
            var whole = step.Run.NeedsWholeInput;
            if (whole && !step.Run.Defers && !step.Run.KnownAtOnce) return null;
            if ((whole || !step.IsColumnwise) && step.Reads.Any(deferred.Contains)) return null;
            if (step.Run.Defers) deferred.UnionWith(step.Writes);
        }

        return new PassPlan(Steps, Steps.Where(step => step.Run.NeedsWholeInput).ToHashSet(), AllNeeded(carried), IsLast: true);
    }

    public PassPlan Next(IReadOnlySet<string> carried)
    {
        var observed = Observable();
        if (observed.Count == 0)
            return new PassPlan(Steps, observed, AllNeeded(carried), IsLast: true);

        var last = Steps.Count - 1;
        while (!observed.Contains(Steps[last])) last--;
        var needed = new HashSet<string>();
        var taking = new List<PlannedStep>();
        foreach (var step in Steps.Take(last + 1).Reverse())
        {
            var matters = observed.Contains(step) || (!step.Run.NeedsWholeInput && (step.DropsRows || step.Writes.Any(needed.Contains) || ChangesNames(step)));
            if (!matters) continue;
            taking.Insert(0, step);
            needed.UnionWith(step.Reads);
        }

        return new PassPlan(taking, observed, Needed(taking, []), IsLast: false);
    }

    /// <summary>Steps that can look at the rows in the next pass: nothing that they depend on waits for a whole input itself.</summary>
    HashSet<PlannedStep> Observable()
    {
        var observed = new HashSet<PlannedStep>();
        var unknown = new HashSet<string>();
        var rowsUnknown = false;
        foreach (var step in Steps)
        {
            var depends = step.Reads.Any(unknown.Contains);
            if (step.Run.NeedsWholeInput)
            {
                if (!depends && !rowsUnknown) observed.Add(step);
                if (!depends && !rowsUnknown && step.Run.KnownAtOnce) continue;
            }
            else if (!depends)
            {
                continue;
            }

            unknown.UnionWith(step.Writes);
            rowsUnknown |= step.DropsRows;
        }

        return observed;
    }

    public void Dispose()
    {
        foreach (var step in Steps) step.Run.Dispose();
    }

    static bool ChangesNames(PlannedStep step) => step.Reads.Count == 0 && step.Writes.Count == 0;

    HashSet<string> Needed(IEnumerable<PlannedStep> steps, IEnumerable<string> besides)
    {
        var needed = steps.SelectMany(step => step.Reads).Concat(besides).ToHashSet();
        needed.IntersectWith(Source.Columns.Select(column => column.Origin));
        return needed;
    }
}
