using System.Globalization;

namespace EtlTracing.Traces;

/// <summary>What a span is in a run; decides how it is named, drawn and compared.</summary>
public enum SpanRole
{
    /// <summary>A segment outside the workflow and its jobs: the trigger, or Lambda's own.</summary>
    Segment,
    Workflow,

    /// <summary>One attempt of a workflow's state.</summary>
    State,
    Job,

    /// <summary>A subsegment that holds steps: 'Data Cleaning'.</summary>
    Group,
    Step,

    /// <summary>A call of another service.</summary>
    Call,
}

public sealed record SpanException(string Type, string Message, IReadOnlyList<string> Stack);

/// <summary>One piece of work as X-Ray has it: a segment or a subsegment, with what hangs below it.</summary>
public sealed class Span
{
    readonly List<Span> _children = [];

    public required string Id { get; init; }
    public required string? ParentId { get; init; }
    public required string Name { get; init; }
    public required bool IsSegment { get; init; }
    public required DateTimeOffset Start { get; init; }

    /// <summary>Null while only an in-progress document has arrived: it runs, or its process died.</summary>
    public required DateTimeOffset? End { get; init; }

    public string? Origin { get; init; }
    public string? Namespace { get; init; }
    public string? AwsOperation { get; init; }

    /// <summary>Made by X-Ray for a callee that sent nothing; no process ended it.</summary>
    public bool Inferred { get; init; }
    public bool Fault { get; init; }
    public bool Error { get; init; }
    public bool Throttle { get; init; }
    public IReadOnlyList<SpanException> Exceptions { get; init; } = [];

    /// <summary>Annotations, then <c>metadata.default</c>, by the names they were sent with.</summary>
    public IReadOnlyDictionary<string, string> Attributes { get; init; } = new Dictionary<string, string>();

    /// <summary>The document as X-Ray gave it; empty where the span came nested in another's.</summary>
    public string Document { get; init; } = "";

    public Span? Parent { get; private set; }
    public IReadOnlyList<Span> Children => _children;
    public SpanRole Role { get; internal set; }

    /// <summary>A stable path such as <c>etl-clean-job.data-cleaning.remove-duplicates</c>, for links; unique in its tree.</summary>
    public string Key { get; internal set; } = "";

    /// <summary>The same path without the number of the attempt, to find the step in another run.</summary>
    public string StepKey { get; internal set; } = "";

    public bool Failed => Fault || Error;
    public TimeSpan? Duration => End - Start;

    /// <summary>An SDK call is named by its operation; X-Ray's name for it is only the service.</summary>
    public string Label => Role == SpanRole.Call && AwsOperation is { Length: > 0 } operation ? operation : Name;

    /// <summary>The process whose segment this belongs to.</summary>
    public Span Segment
    {
        get
        {
            var span = this;
            while (!span.IsSegment && span.Parent is { } parent) span = parent;
            return span;
        }
    }

    /// <summary>Shares of a streamed pass, laid end to end: the length is exact, the position is not.</summary>
    public bool Apportioned => Attribute(EtlAttributes.Timing) == "apportioned";

    /// <summary>When a span that has not ended was last heard of.</summary>
    public DateTimeOffset? Seen =>
        double.TryParse(Attribute(EtlAttributes.Seen), NumberStyles.Float, CultureInfo.InvariantCulture, out var seconds) && seconds is > 0 and < 100_000_000_000
            ? DateTimeOffset.UnixEpoch.AddSeconds(seconds)
            : null;

    /// <summary>The latest moment that this span or one below it speaks of.</summary>
    public DateTimeOffset LastSign => Subtree().Max(below => below.End ?? below.Seen ?? below.Start);

    /// <summary>X-Ray may have replaced the dots of an annotation's key by underscores.</summary>
    public string? Attribute(string name) =>
        Attributes.TryGetValue(name, out var value) || Attributes.TryGetValue(name.Replace('.', '_'), out value) ? value : null;

    public long? Number(string name) => long.TryParse(Attribute(name), out var value) ? value : null;

    /// <summary>This span and all below it, parents first, by start.</summary>
    public IEnumerable<Span> Subtree()
    {
        var open = new Stack<Span>();
        open.Push(this);
        while (open.TryPop(out var span))
        {
            yield return span;
            for (var i = span._children.Count - 1; i >= 0; i--) open.Push(span._children[i]);
        }
    }

    internal void Adopt(Span child)
    {
        child.Parent = this;
        _children.Add(child);
    }

    internal void SortChildren() => _children.Sort(SegmentTree.ByStart);
}
