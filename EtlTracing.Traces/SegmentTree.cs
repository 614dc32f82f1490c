using System.Text;

namespace EtlTracing.Traces;

/// <summary>The spans of one trace, nested as they called each other, in whatever order and shape they arrived.</summary>
public sealed class SegmentTree
{
    const string StateMachineOrigin = "AWS::StepFunctions::StateMachine";

    internal static int ByStart(Span a, Span b) => a.Start != b.Start ? a.Start.CompareTo(b.Start) : string.CompareOrdinal(a.Id, b.Id);

    SegmentTree(List<Span> roots, int orphans, int unreadable)
    {
        Roots = roots;
        Orphans = orphans;
        Unreadable = unreadable;
        All = [.. roots.SelectMany(root => root.Subtree())];
    }

    public static SegmentTree Empty { get; } = new([], 0, 0);

    public IReadOnlyList<Span> Roots { get; }

    /// <summary>Every span, parents before children, in the order of a waterfall.</summary>
    public IReadOnlyList<Span> All { get; }

    /// <summary>Spans that name a parent which has not arrived; they stand as roots.</summary>
    public int Orphans { get; }

    /// <summary>Documents that are not segments.</summary>
    public int Unreadable { get; }

    public Span? Workflow => All.FirstOrDefault(span => span.Role == SpanRole.Workflow);
    public IEnumerable<Span> Jobs => All.Where(span => span.Role == SpanRole.Job);

    /// <summary>Attempts of the workflow's states, in the order they began.</summary>
    public IEnumerable<Span> States => All.Where(span => span.Role == SpanRole.State).OrderBy(span => span.Start);

    public DateTimeOffset? Start => All.Count == 0 ? null : All.Min(span => span.Start);

    /// <summary>The latest moment any span speaks of.</summary>
    public DateTimeOffset? End => All.Count == 0 ? null : All.Max(span => span.End ?? span.Start);

    /// <summary>Builds the tree from the documents of BatchGetTraces.</summary>
    public static SegmentTree Parse(IEnumerable<string> documents)
    {
        var spans = new Dictionary<string, Span>(StringComparer.Ordinal);
        var unreadable = 0;
        foreach (var document in documents)
        {
            if (SegmentDocument.Parse(document) is not { } parsed)
            {
                unreadable++;
                continue;
            }
            foreach (var span in parsed)
                // A complete document overwrites an in-progress one, whichever arrived first.
                if (!spans.TryGetValue(span.Id, out var known) || (known.End is null && span.End is not null)) spans[span.Id] = span;
        }
        return Nest(spans, unreadable);
    }

    static SegmentTree Nest(Dictionary<string, Span> spans, int unreadable)
    {
        // X-Ray infers a segment for each callee that sends none: the call says the same. One that something hangs below is kept.
        var parents = spans.Values.Select(span => span.ParentId).ToHashSet();
        foreach (var echo in spans.Values.Where(span => span.Inferred && !parents.Contains(span.Id)).ToList()) spans.Remove(echo.Id);
        var ordered = spans.Values.ToList();
        ordered.Sort(ByStart);
        var roots = new List<Span>();
        var orphans = 0;
        foreach (var span in ordered)
        {
            if (span.ParentId is null)
            {
                roots.Add(span);
            }
            else if (spans.TryGetValue(span.ParentId, out var parent) && !IsAncestor(span, parent, spans))
            {
                parent.Adopt(span);
            }
            else
            {
                roots.Add(span);
                orphans++;
            }
        }
        foreach (var span in ordered) span.SortChildren();
        roots.Sort(ByStart);
        var tree = new SegmentTree(roots, orphans, unreadable);
        tree.Classify();
        tree.NameKeys();
        return tree;
    }

    /// <summary>Whether following parents from <paramref name="from"/> meets <paramref name="span"/>: such a link would close a circle.</summary>
    static bool IsAncestor(Span span, Span from, Dictionary<string, Span> spans)
    {
        var at = from;
        for (var i = 0; i <= spans.Count; i++)
        {
            if (ReferenceEquals(at, span)) return true;
            if (at.ParentId is null || !spans.TryGetValue(at.ParentId, out var next)) return false;
            at = next;
        }
        return true;
    }

    void Classify()
    {
        foreach (var span in All)
            span.Role = span switch
            {
                { Inferred: true } => SpanRole.Call,
                { IsSegment: true, Origin: StateMachineOrigin } => SpanRole.Workflow,
                { IsSegment: true, Inferred: false, Parent: not null } when UnderWorkflow(span) => SpanRole.Job,
                // Outside a workflow's segment: that has not come, or belongs to another trace. A killed job has counted no spans.
                { IsSegment: true } when (span.Attribute(EtlAttributes.Spans) ?? span.Attribute(EtlAttributes.Attempt)) is not null && span.Name != EtlNames.TriggerService => SpanRole.Job,
                { IsSegment: true } => SpanRole.Segment,
                { Namespace: "aws" or "remote" } => SpanRole.Call,
                { Parent.Role: SpanRole.Workflow } => SpanRole.State,
                { Children: [_, ..] } => SpanRole.Group,
                _ => SpanRole.Step,
            };

        static bool UnderWorkflow(Span span)
        {
            for (var at = span.Parent; at is not null; at = at.Parent)
                if (at.Role == SpanRole.Workflow) return true;
            return false;
        }
    }

    void NameKeys()
    {
        var taken = new Dictionary<string, int>(StringComparer.Ordinal);
        foreach (var span in All)
        {
            // A segment starts a path of its own, so that a job's steps have the same path in every attempt.
            var inside = span is { IsSegment: false, Parent: not null };
            span.StepKey = inside ? $"{span.Parent!.StepKey}.{Slug(span.Label)}" : Slug(span.Label);
            var key = inside ? $"{span.Parent!.Key}.{Slug(span.Label)}" : span.StepKey;
            var number = taken[key] = taken.GetValueOrDefault(key) + 1;
            span.Key = number == 1 ? key : $"{key}~{number}";
        }
    }

    static string Slug(string name)
    {
        var slug = new StringBuilder(name.Length);
        foreach (var c in name)
            if (char.IsAsciiLetterOrDigit(c) || c is '_') slug.Append(char.ToLowerInvariant(c));
            else if (slug.Length > 0 && slug[^1] != '-') slug.Append('-');
        var trimmed = slug.ToString().Trim('-');
        return trimmed.Length == 0 ? "span" : trimmed;
    }
}
