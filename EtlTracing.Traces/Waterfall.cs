namespace EtlTracing.Traces;

public enum RowKind { Span, State, Wait, NotReached }

/// <summary>One line of the waterfall. Places and lengths are shares of the whole axis, 0..1.</summary>
public sealed record WaterfallRow
{
    public required string Key { get; init; }
    public required string Label { get; init; }
    public required RowKind Kind { get; init; }
    public required int Level { get; init; }
    public required int Position { get; init; }
    public required int SetSize { get; init; }
    public required DateTimeOffset Start { get; init; }
    public required TimeSpan Length { get; init; }
    public required double Left { get; init; }
    public required double Width { get; init; }

    /// <summary>Null for a wait, for what was not reached, and for a state that stands for several attempts.</summary>
    public Span? Span { get; init; }
    public int Attempts { get; init; } = 1;
    public bool HasChildren { get; init; }

    /// <summary>Folded at first: what lies below are only calls.</summary>
    public bool Folded { get; init; }

    /// <summary>Hidden at first, because something above is folded.</summary>
    public bool Hidden { get; init; }

    /// <summary>No end has arrived and the run is over: the process died, or its last spans were lost.</summary>
    public bool NeverClosed { get; init; }

    /// <summary>The parts on the critical path; only rows without visible parts of their own are painted with it.</summary>
    public IReadOnlyList<(double Left, double Width)> Critical { get; init; } = [];
    public TimeSpan? UsualTime { get; init; }

    /// <summary>What stands below the row, at the deepest span that tells of a failure; the type and a sentence.</summary>
    public (string Type, string Cause)? Failure { get; init; }
    public double? Excess { get; init; }

    public bool OnCriticalPath => Critical.Count > 0;
}

/// <summary>A run's spans laid out on one time axis. Pure: the page and the terminal draw the same rows.</summary>
public sealed class Waterfall
{
    readonly List<WaterfallRow> _rows = [];
    readonly CriticalPath _path;
    readonly Usual _usual;
    readonly RunDetail _detail;
    readonly HashSet<string> _told = new(StringComparer.Ordinal);
    readonly DateTimeOffset _now;
    readonly bool _over;

    Waterfall(RunDetail detail, Usual usual, DateTimeOffset now)
    {
        var tree = detail.Tree;
        _detail = detail;
        _usual = usual;
        _over = detail.Run.IsOver;
        Start = tree.Start ?? detail.Run.Started;
        var last = tree.End ?? Start;
        if (detail.Run.Stopped is { } stopped && stopped > last) last = stopped;
        _now = _over ? last : now > last ? now : last;
        Axis = Axis.Over(_now - Start);
        _path = CriticalPath.Of(tree);
        Add(tree.Roots, 1, false, []);
    }

    public static Waterfall Of(RunDetail detail, Usual usual, DateTimeOffset now) => new(detail, usual, now);

    public DateTimeOffset Start { get; }
    public Axis Axis { get; }
    public IReadOnlyList<WaterfallRow> Rows => _rows;
    public CriticalPath Path => _path;

    /// <summary>Where a running run's line 'now' stands; null when it is over.</summary>
    public double? Now => _over ? null : Share(_now - Start);

    void Add(IReadOnlyList<Span> spans, int level, bool hidden, IReadOnlyList<(string Key, string Label)> missing)
    {
        var groups = Attempts(spans);
        var size = groups.Count + missing.Count;
        for (var i = 0; i < groups.Count; i++)
        {
            var group = groups[i];
            if (group.Count == 1) AddSpan(group[0], group[0].Label, level, i + 1, size, hidden);
            else AddState(group, level, i + 1, size, hidden);
        }
        for (var i = 0; i < missing.Count; i++)
            _rows.Add(Place(_now, _now) with
            {
                Key = missing[i].Key,
                Label = missing[i].Label,
                Kind = RowKind.NotReached,
                Level = level,
                Position = groups.Count + i + 1,
                SetSize = size,
                Hidden = hidden,
            });
    }

    /// <summary>Attempts of one state stand together although X-Ray has them side by side.</summary>
    static List<List<Span>> Attempts(IReadOnlyList<Span> spans)
    {
        var groups = new List<List<Span>>();
        foreach (var span in spans)
        {
            var same = span.Role == SpanRole.State ? groups.Find(group => group[0].Role == SpanRole.State && group[0].Name == span.Name) : null;
            if (same is null) groups.Add([span]);
            else same.Add(span);
        }
        return groups;
    }

    void AddState(List<Span> attempts, int level, int position, int setSize, bool hidden)
    {
        var start = attempts[0].Start;
        var end = attempts.Max(EndOf);
        _rows.Add(Place(start, end) with
        {
            Key = attempts[0].StepKey + ".attempts",
            Label = attempts[0].Label,
            Kind = RowKind.State,
            Level = level,
            Position = position,
            SetSize = setSize,
            Attempts = attempts.Count,
            HasChildren = true,
            Hidden = hidden,
        });
        for (var i = 0; i < attempts.Count; i++)
        {
            if (i > 0 && attempts[i].Start - EndOf(attempts[i - 1]) is { Ticks: > 0 })
                _rows.Add(Place(EndOf(attempts[i - 1]), attempts[i].Start) with
                {
                    Key = attempts[i].Key + ".wait",
                    Label = "Wait before retry",
                    Kind = RowKind.Wait,
                    Level = level + 1,
                    Position = i * 2,
                    SetSize = attempts.Count * 2 - 1,
                    Hidden = hidden,
                });
            AddSpan(attempts[i], $"Attempt {i + 1} of {attempts.Count}", level + 1, i * 2 + 1, attempts.Count * 2 - 1, hidden);
        }
    }

    void AddSpan(Span span, string label, int level, int position, int setSize, bool hidden)
    {
        var onlyCalls = span.Children.Count > 0 && span.Role is SpanRole.Group or SpanRole.Segment
            && span.Children.All(child => child is { Role: SpanRole.Call, Failed: false, Children.Count: 0 });
        var leaf = span.Children.Count == 0 || onlyCalls || span.Children.Any(child => child.Apportioned);
        _rows.Add(Place(span.Start, EndOf(span)) with
        {
            Key = span.Key,
            Label = label,
            Kind = RowKind.Span,
            Level = level,
            Position = position,
            SetSize = setSize,
            Span = span,
            HasChildren = span.Children.Count > 0,
            Folded = onlyCalls,
            Hidden = hidden,
            NeverClosed = _over && span.End is null,
            Critical = leaf ? Painted(span, onlyCalls) : [],
            UsualTime = _usual.Of(span),
            Excess = _usual.Excess(span),
            Failure = Failure(span),
        });
        Add(span.Children, level + 1, hidden || onlyCalls, [.. NotReached(span)]);
    }

    /// <summary>Told once, at the deepest span that has it; a Fail state only passes on what another state caught.</summary>
    (string, string)? Failure(Span span)
    {
        if (span.Exceptions is not [var exception, ..] || span.Subtree().Skip(1).Any(below => below.Exceptions.Count > 0)) return null;
        if (!_told.Add(exception.Message) && span is { Role: SpanRole.State, Children.Count: 0 }) return null;
        return (exception.Type, Verdict.Sentence(exception.Message) ?? LastSign(span));
    }

    /// <summary>Who dies says nothing: what its in-progress segment said last is all there is.</summary>
    static string LastSign(Span span) =>
        span.Subtree().FirstOrDefault(below => below is { Role: SpanRole.Job, End: null })?.Attribute(EtlAttributes.Step) is not { } step ? ""
        : span.Subtree().First(below => below is { Role: SpanRole.Job, End: null }).Number(EtlAttributes.RowsIn) is { } rows ? $"The worker was last heard of in {step}, at {Units.Of(rows, "row")}."
        : $"The worker was last heard of in {step}.";

    /// <summary>What a failed run did not come to: states of the workflow, and steps that the job usually has.</summary>
    IEnumerable<(string Key, string Label)> NotReached(Span span)
    {
        if (!_over || _detail.Run.Status == RunStatus.Succeeded) yield break;
        if (span.Role == SpanRole.Workflow && span.Children.Count > 0)
        {
            foreach (var state in new[] { EtlNames.CleanState, EtlNames.ProcessState })
                if (!_detail.Tree.States.Any(reached => reached.Name == state) && !_detail.Attempts.Any(attempt => attempt.State == state))
                    yield return ($"{span.Key}.{state}.none", state);
        }
        else if (span is { Role: SpanRole.Job, Failed: true, End: not null } && _usual.Median is { } usual)
        {
            var mine = span.Subtree().Where(below => below.Segment == span).Select(below => below.StepKey).ToHashSet(StringComparer.Ordinal);
            var lacking = usual.Steps.Where(step => step.Key.StartsWith(span.StepKey + ".", StringComparison.Ordinal) && !mine.Contains(step.Key)
                && !usual.Steps.Any(below => below.Key.StartsWith(step.Key + ".", StringComparison.Ordinal))).ToList();
            if (lacking.Count > 0) yield return ($"{span.Key}.none", lacking.Count == 1 ? lacking[0].Label : $"{lacking.Count} usual steps");
        }
    }

    List<(double, double)> Painted(Span span, bool withCalls)
    {
        var own = withCalls ? [.. span.Children.SelectMany(_path.Own), .. _path.Own(span)] : _path.Own(span);
        var painted = new List<(double Left, double Width)>();
        foreach (var interval in own.OrderBy(interval => interval.Start))
        {
            var left = Share(interval.Start - Start);
            var right = Share(interval.End - Start);
            // Neighbours that touch are one bar.
            if (painted.Count > 0 && left - (painted[^1].Left + painted[^1].Width) < 1e-6)
                painted[^1] = (painted[^1].Left, Math.Max(painted[^1].Width, right - painted[^1].Left));
            else painted.Add((left, right - left));
        }
        return painted;
    }

    WaterfallRow Place(DateTimeOffset start, DateTimeOffset end) => new()
    {
        Key = "",
        Label = "",
        Kind = RowKind.Span,
        Level = 1,
        Position = 1,
        SetSize = 1,
        Start = start,
        Length = end > start ? end - start : TimeSpan.Zero,
        Left = Share(start - Start),
        Width = Math.Max(0, Share(end - Start) - Share(start - Start)),
    };

    /// <summary>A span that never closed is drawn to the last sign of life below it; one that runs, to now.</summary>
    DateTimeOffset EndOf(Span span)
    {
        if (span.End is { } end) return end;
        if (!_over) return _now;
        return span.Parent?.End is { } above && above < span.LastSign ? above : span.LastSign;
    }

    double Share(TimeSpan offset) => Math.Clamp(offset / Axis.Length, 0, 1);
}

/// <summary>A time axis from zero to a round number, with five to nine ticks.</summary>
public sealed record Axis(TimeSpan Length, TimeSpan Tick)
{
    public IEnumerable<(double Share, string Label)> Ticks
    {
        get
        {
            for (var at = TimeSpan.Zero; at <= Length; at += Tick) yield return (at / Length, at == TimeSpan.Zero ? "0" : Label(at));
        }
    }

    public static Axis Over(TimeSpan length)
    {
        var ms = Math.Max(1, length.TotalMilliseconds);
        foreach (var step in s_steps)
            if (ms / step <= 8) return new Axis(TimeSpan.FromMilliseconds(Math.Ceiling(ms / step) * step), TimeSpan.FromMilliseconds(step));
        // Days: an execution may last a year.
        var day = Math.Ceiling(ms / 8 / 86_400_000) * 86_400_000;
        return new Axis(TimeSpan.FromMilliseconds(Math.Ceiling(ms / day) * day), TimeSpan.FromMilliseconds(day));
    }

    static readonly double[] s_steps =
    [
        0.2, 0.5, 1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000, 10_000, 15_000, 30_000, 60_000, 120_000, 300_000, 600_000, 900_000,
        1_800_000, 3_600_000, 7_200_000, 14_400_000, 28_800_000, 86_400_000,
    ];

    string Label(TimeSpan at) => (Tick.TotalMilliseconds, at.TotalMilliseconds) switch
    {
        ( < 500, < 1000) when Length.TotalMilliseconds <= 1000 => $"{at.TotalMilliseconds:0.#} ms",
        ( < 60_000, _) => $"{at.TotalSeconds:0.##} s",
        ( < 3_600_000, _) => $"{at.TotalMinutes:0.#} min",
        _ => $"{at.TotalHours:0.#} h",
    };
}
