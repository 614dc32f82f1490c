namespace EtlTracing.Traces;

/// <summary>Whether every span that a process ended has arrived.</summary>
/// <param name="Expected">Null where a job has not said how many spans it ended, so nothing can be proved.</param>
/// <param name="Seen">Spans that have arrived, without those X-Ray infers.</param>
/// <param name="NeverClosed">Spans with only an in-progress document although the run is over.</param>
/// <param name="Orphans">Spans whose parent has not arrived.</param>
/// <param name="SilentAttempts">Attempts that a worker took and that no job's segment belongs to.</param>
public sealed record Completeness(int? Expected, int Seen, int NeverClosed, int Orphans, int SilentAttempts)
{
    /// <summary>While a run goes on, nothing is missing yet.</summary>
    public bool IsOver { get; init; } = true;
    public bool IsProven => Expected == Seen && NeverClosed == 0 && Orphans == 0 && SilentAttempts == 0;
    public bool IsPartial => Expected > Seen || Orphans > 0 || SilentAttempts > 0;

    public string Words
    {
        get
        {
            var words = Expected is { } expected ? $"{Seen} of {expected} spans" : $"{Units.Of(Seen, "span")}{(IsOver ? ", not all counted" : " so far")}";
            if (NeverClosed > 0) words += $", {NeverClosed} never closed";
            if (Orphans > 0) words += $", {Units.Of(Orphans, "parent")} missing";
            if (SilentAttempts > 0) words += $", {Units.Of(SilentAttempts, "attempt")} left no trace";
            return words;
        }
    }

    public static Completeness Of(RunDetail detail)
    {
        var tree = detail.Tree;
        var expected = 0;
        var proved = true;
        foreach (var segment in tree.All.Where(span => span.IsSegment))
        {
            var seen = Own(segment).Count(span => !span.Inferred);
            if (segment.Number(EtlAttributes.Spans) is { } told)
            {
                expected += (int)Math.Max(told, seen);
            }
            else
            {
                // The workflow's segment is one document: whole or absent. An unclosed job is counted as never closed.
                expected += seen;
                proved &= segment.Role != SpanRole.Job || segment.End is null;
            }
        }
        var over = detail.Run.IsOver;
        var jobs = tree.Jobs.Count();
        var taken = detail.Attempts.Count(attempt => attempt.Started is not null);
        return new Completeness(
            over && proved && jobs > 0 ? expected : null,
            tree.All.Count(span => !span.Inferred),
            over ? tree.All.Count(span => span.End is null) : 0,
            tree.Orphans,
            over ? Math.Max(0, taken - jobs) : 0)
        { IsOver = over };
    }

    /// <summary>A segment with its subsegments, without the segments of other processes that hang below.</summary>
    static IEnumerable<Span> Own(Span segment)
    {
        var open = new Stack<Span>([segment]);
        while (open.TryPop(out var span))
        {
            yield return span;
            foreach (var child in span.Children)
                if (!child.IsSegment) open.Push(child);
        }
    }
}
