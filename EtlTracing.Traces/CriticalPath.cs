namespace EtlTracing.Traces;

public readonly record struct Interval(DateTimeOffset Start, DateTimeOffset End)
{
    public TimeSpan Length => End - Start;
}

/// <summary>
/// The chain of work that set the run's length: walking back from the end, always the child that ended last.
/// Time that no child explains belongs to the span itself.
/// </summary>
public sealed class CriticalPath
{
    readonly Dictionary<Span, List<Interval>> _own = [];
    readonly Dictionary<Span, DateTimeOffset> _ends = [];

    CriticalPath() { }

    public static CriticalPath Of(SegmentTree tree)
    {
        var path = new CriticalPath();
        // Children come after their parents in All, so backwards each span's children are known.
        for (var i = tree.All.Count - 1; i >= 0; i--)
        {
            var span = tree.All[i];
            var end = span.End ?? span.Start;
            foreach (var child in span.Children)
                if (path._ends[child] > end) end = path._ends[child];
            path._ends[span] = end;
        }
        if (tree.End is { } last) path.Walk(tree.Roots, tree.Start!.Value, last, null);
        return path;
    }

    /// <summary>The parts of this span's time that lie on the path and that no child explains, earliest first.</summary>
    public IReadOnlyList<Interval> Own(Span span) => _own.TryGetValue(span, out var intervals) ? intervals : [];

    public bool Contains(Span span) => _own.ContainsKey(span);

    void Walk(IReadOnlyList<Span> children, DateTimeOffset from, DateTimeOffset until, Span? owner)
    {
        // Shares of a pass have exact lengths but invented places: the pass itself is on the path, its shares are not.
        var candidates = children.Where(child => !child.Apportioned).OrderByDescending(child => _ends[child]);
        var cursor = until;
        foreach (var child in candidates)
        {
            if (child.Start >= cursor) continue;
            var end = _ends[child] < cursor ? _ends[child] : cursor;
            if (end <= from || end <= child.Start) continue;
            Add(owner, end, cursor);
            Walk(child.Children, child.Start, end, child);
            cursor = child.Start;
            if (cursor <= from) break;
        }
        Add(owner, from, cursor);
        if (owner is not null) _own[owner].Reverse();
    }

    void Add(Span? owner, DateTimeOffset start, DateTimeOffset end)
    {
        if (owner is null) return;
        if (!_own.TryGetValue(owner, out var intervals)) _own[owner] = intervals = [];
        var stop = owner.End is { } own && own < end ? own : end;
        if (start < owner.Start) start = owner.Start;
        if (stop > start) intervals.Add(new Interval(start, stop));
    }
}
