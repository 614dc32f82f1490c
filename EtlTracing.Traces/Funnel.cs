namespace EtlTracing.Traces;

/// <param name="Rule">A step that dropped rows, or a rule that rejected them.</param>
/// <param name="Rows">Rows lost here.</param>
/// <param name="Left">Rows left after it.</param>
/// <param name="Rejected">Kept aside in the rejects file, rather than dropped.</param>
public sealed record FunnelLine(string Rule, long Rows, long Left, bool Rejected);

/// <summary>From the rows of the input to those of the last output: who dropped how many, by which rule.</summary>
public sealed record Funnel(long Read, long Written, IReadOnlyList<FunnelLine> Lines, bool IsFinished)
{
    public long Dropped => Lines.Where(line => !line.Rejected).Sum(line => line.Rows);
    public long Rejected => Lines.Where(line => line.Rejected).Sum(line => line.Rows);

    /// <summary>Rows that the lines do not explain; 0 in a sound run.</summary>
    public long Unexplained => IsFinished ? Read - Written - Dropped - Rejected : 0;

    public static Funnel? Of(RunDetail detail) =>
        detail.Outputs is { Count: > 0 } outputs ? Of(outputs, detail.Run.Status == RunStatus.Succeeded) : FromSpans(detail.Tree);

    static Funnel Of(IReadOnlyList<JobOutput> outputs, bool finished)
    {
        var lines = new List<FunnelLine>();
        var left = outputs[0].RowsRead;
        foreach (var output in outputs)
        {
            var inSteps = output.Steps.Sum(step => Math.Max(0, step.RowsIn - step.RowsOut));
            // A row that a step rejects (an unparsable price) is missing from that step's output too: count it once.
            var twice = Math.Max(0, inSteps + output.RowsRejected - (output.RowsRead - output.RowsOut));
            foreach (var (rule, count) in output.Rejects.OrderByDescending(rule => rule.Value))
                if (count > 0) lines.Add(new FunnelLine(rule, count, left -= count, true));
            foreach (var step in output.Steps)
            {
                var lost = step.RowsIn - step.RowsOut;
                if (lost <= 0) continue;
                var counted = Math.Min(twice, lost);
                twice -= counted;
                if (lost > counted) lines.Add(new FunnelLine(step.Name, lost - counted, left -= lost - counted, false));
            }
        }
        return new Funnel(outputs[0].RowsRead, outputs[^1].RowsOut, lines, finished);
    }

    /// <summary>A run that failed answers nothing; the spans that ended still say what they did.</summary>
    static Funnel? FromSpans(SegmentTree tree)
    {
        var steps = tree.Jobs.LastOrDefault()?.Subtree()
            .Where(span => span is { Role: SpanRole.Step or SpanRole.Group } && span.Number(EtlAttributes.RowsIn) is not null
                && !span.Children.Any(child => child.Number(EtlAttributes.RowsIn) is not null))
            .ToList();
        if (steps is not { Count: > 0 }) return null;
        var lines = new List<FunnelLine>();
        var read = steps[0].Number(EtlAttributes.RowsIn)!.Value;
        var left = read;
        foreach (var step in steps)
        {
            if (step.Number(EtlAttributes.RowsIn) is not { } rowsIn || step.Number(EtlAttributes.RowsOut) is not { } rowsOut) continue;
            if (rowsIn > rowsOut) lines.Add(new FunnelLine(step.Label, rowsIn - rowsOut, left -= rowsIn - rowsOut, false));
        }
        return new Funnel(read, left, lines, false);
    }
}
