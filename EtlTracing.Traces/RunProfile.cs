namespace EtlTracing.Traces;

/// <summary>A step's time and rows in one run, or their medians over several.</summary>
public sealed record StepProfile(string Key, string Label, SpanRole Role, TimeSpan Duration, long? RowsIn, long? RowsOut)
{
    public long? Dropped => RowsIn - RowsOut;
    public bool IsSegment => Role is SpanRole.Segment or SpanRole.Job or SpanRole.Workflow;
}

/// <summary>What one run, or the median of several, is measured by.</summary>
public sealed record RunProfile
{
    public required string Name { get; init; }
    public required int Runs { get; init; }
    public TimeSpan? Duration { get; init; }
    public long? RowsRead { get; init; }
    public long? RowsOut { get; init; }
    public long? RowsRejected { get; init; }
    public long? BytesWritten { get; init; }
    public long? Spans { get; init; }
    public required IReadOnlyList<StepProfile> Steps { get; init; }

    public StepProfile? Step(string key) => Steps.FirstOrDefault(step => step.Key == key);

    public static RunProfile Of(RunDetail detail)
    {
        var steps = new Dictionary<string, StepProfile>(StringComparer.Ordinal);
        // A state that was tried again counts by its last attempt: All is ordered by start.
        foreach (var span in detail.Tree.All)
            if (span is { Role: not (SpanRole.Call or SpanRole.State or SpanRole.Workflow), Inferred: false, Duration: { } duration })
                steps[span.StepKey] = new StepProfile(
                    span.StepKey, span.Label, span.Role, duration, span.Number(EtlAttributes.RowsIn), span.Number(EtlAttributes.RowsOut));
        return new RunProfile
        {
            Name = detail.Run.Id,
            Runs = 1,
            Duration = detail.Run.IsOver ? detail.Length(detail.Run.Stopped ?? detail.Run.Started) : null,
            RowsRead = detail.Run.RowsRead,
            RowsOut = detail.Run.RowsOut,
            RowsRejected = detail.Run.RowsRejected,
            BytesWritten = detail.Outputs.Count > 0 ? detail.Outputs.Sum(output => output.BytesWritten) : null,
            Spans = detail.Tree.All.Count > 0 ? detail.Tree.All.Count : null,
            Steps = [.. steps.Values],
        };
    }

    /// <summary>Medians, so that one strange run does not move what is usual. Steps in the order of the newest run.</summary>
    public static RunProfile? Median(IReadOnlyList<RunProfile> runs)
    {
        if (runs.Count == 0) return null;
        var steps = new List<StepProfile>();
        foreach (var key in runs.SelectMany(run => run.Steps).Select(step => step.Key).Distinct())
        {
            var all = runs.Select(run => run.Step(key)).OfType<StepProfile>().ToList();
            // A step that most runs lack is not usual.
            if (all.Count * 2 <= runs.Count) continue;
            steps.Add(all[0] with
            {
                Duration = Median(all.Select(step => step.Duration)) ?? default,
                RowsIn = Median(all.Select(step => step.RowsIn)),
                RowsOut = Median(all.Select(step => step.RowsOut)),
            });
        }
        return new RunProfile
        {
            Name = runs.Count == 1 ? runs[0].Name : $"median of {runs.Count} runs",
            Runs = runs.Count,
            Duration = Median(runs.Select(run => run.Duration ?? default)),
            RowsRead = Median(runs.Select(run => run.RowsRead)),
            RowsOut = Median(runs.Select(run => run.RowsOut)),
            RowsRejected = Median(runs.Select(run => run.RowsRejected)),
            BytesWritten = Median(runs.Select(run => run.BytesWritten)),
            Spans = Median(runs.Select(run => run.Spans)),
            Steps = steps,
        };
    }

    static TimeSpan? Median(IEnumerable<TimeSpan> values) =>
        Median(values.Select(value => (long?)value.Ticks)) is { } ticks ? TimeSpan.FromTicks(ticks) : null;

    static long? Median(IEnumerable<long?> values)
    {
        var sorted = values.OfType<long>().Order().ToList();
        if (sorted.Count == 0) return null;
        var middle = sorted.Count / 2;
        return sorted.Count % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
    }
}

/// <summary>What this input's runs usually take: the median of its last good ones.</summary>
public sealed class Usual(RunProfile? median)
{
    /// <summary>Fewer runs than these are no habit.</summary>
    public const int FewestRuns = 3;
    public const int MostRuns = 10;

    const double UnusualRatio = 1.5;
    static readonly TimeSpan s_unusualExcess = TimeSpan.FromMilliseconds(100);

    public static Usual Unknown { get; } = new(null);

    public RunProfile? Median { get; } = median?.Runs >= FewestRuns ? median : null;
    public int Runs => Median?.Runs ?? 0;
    public TimeSpan? Run => Median?.Duration;

    public TimeSpan? Of(Span span) => Median?.Step(span.StepKey)?.Duration;

    /// <summary>How many times its usual time the span took, where that is worth a colour: both the ratio and the excess must be large.</summary>
    public double? Excess(Span span) => !span.Failed && span.Duration is { } took && Of(span) is { } usual ? Excess(took, usual) : null;

    public static double? Excess(TimeSpan took, TimeSpan usual) =>
        usual > TimeSpan.Zero && took - usual >= s_unusualExcess && took / usual >= UnusualRatio ? took / usual : null;
}
