namespace EtlTracing.Traces;

/// <summary>One step in both runs; either may lack it.</summary>
public sealed record ComparedStep(StepProfile? A, StepProfile? B)
{
    public string Key => (A ?? B)!.Key;
    public string Label => (A ?? B)!.Label;

    /// <summary>The job or process that the step belongs to; parts of two jobs may have one name.</summary>
    public string Owner => Key.Split('.')[0];
    public bool IsSegment => (A ?? B)!.IsSegment;

    /// <summary>A step proper, not a segment or part that repeats the time of the steps below it.</summary>
    public required bool IsLeaf { get; init; }
    public TimeSpan? Change => A?.Duration - B?.Duration;
    public long? DroppedChange => A?.Dropped - B?.Dropped;
}

/// <summary>Two runs, or a run and the median of others, side by side. A is looked at, B is what it is held against.</summary>
public sealed record Comparison(RunProfile A, RunProfile B, IReadOnlyList<ComparedStep> Steps)
{
    /// <summary>Smaller changes are noise of the machine.</summary>
    static readonly TimeSpan s_noise = TimeSpan.FromMilliseconds(20);

    public TimeSpan? Change => A.Duration - B.Duration;

    /// <summary>Steps whose time or rows moved, largest change of time first; parts and segments are left to the other order.</summary>
    public IEnumerable<ComparedStep> ByChange =>
        Steps.Where(step => step.IsLeaf).OrderByDescending(step => Math.Floor((step.Change ?? step.A?.Duration ?? step.B?.Duration ?? default).Duration().TotalMilliseconds / 2));

    public static Comparison Of(RunProfile a, RunProfile b)
    {
        var keys = a.Steps.Select(step => step.Key).ToList();
        foreach (var step in b.Steps)
        {
            if (keys.Contains(step.Key)) continue;
            // What only B has stands behind its neighbours of the same segment.
            var owner = step.Key.Split('.')[0];
            var last = keys.FindLastIndex(key => key.Split('.')[0] == owner);
            keys.Insert(last < 0 ? keys.Count : last + 1, step.Key);
        }
        return new Comparison(a, b, [.. keys.Select(key => new ComparedStep(a.Step(key), b.Step(key))
        {
            IsLeaf = !keys.Any(other => other.StartsWith(key + ".", StringComparison.Ordinal)),
        })]);
    }

    public Verdict Verdict
    {
        get
        {
            var other = B.Runs > 1 ? "its usual" : "the other run's";
            if (Change is not { } change || A.Duration is not { } took || B.Duration is not { } usual)
                return new Verdict(VerdictKind.Ok, "These runs cannot be compared by time:", "one of them is not over.", null);
            var same = change.Duration() < s_noise || usual > TimeSpan.Zero && change.Duration() / usual < 0.05;
            var lead = same ? $"As fast as {other} {Units.Time(usual)}."
                : change > TimeSpan.Zero ? $"{Units.Time(change)} slower than {other} {Units.Time(usual)}."
                : $"{Units.Time(change.Duration())} faster than {other} {Units.Time(usual)}.";
            var said = new List<string>();
            var mover = ByChange.FirstOrDefault(step => step.Change is { } moved && moved.Duration() >= s_noise && (same || moved > TimeSpan.Zero == change > TimeSpan.Zero));
            if (mover?.Change is { } by)
                said.Add(same ? $"{Name(mover)} changed most, by {Units.Change(by)}" : $"{Name(mover)} accounts for {Units.Time(by.Duration())} of it");
            var drops = Steps.Where(step => step.IsLeaf && step.DroppedChange is not (null or 0)).MaxBy(step => Math.Abs(step.DroppedChange!.Value));
            if (drops?.DroppedChange is { } rows)
                said.Add($"{Name(drops)} dropped {Units.Of(Math.Abs(rows), rows > 0 ? "more row" : "fewer row")}");
            else if (A.RowsRead is { } readA && B.RowsRead is { } readB && readA != readB)
                said.Add($"it read {Units.Of(Math.Abs(readA - readB), readA > readB ? "more row" : "fewer row")}");
            else if (A.RowsRead is not null && B.RowsRead is not null)
                said.Add("row counts are the same");
            var gone = Steps.Where(step => step is { IsLeaf: true, A: null }).Select(step => step.Label).ToList();
            if (gone.Count > 0) said.Add($"{gone[0]} did not run{(gone.Count > 1 ? $", nor did {Units.Of(gone.Count - 1, "other step")}" : "")}");
            return new Verdict(same ? VerdictKind.Ok : VerdictKind.Slow, lead, said.Count == 0 ? "" : Capital(string.Join("; ", said)) + ".", mover?.Key);
        }
    }

    /// <summary>Both jobs read and write: such a name says whose it is.</summary>
    public string Name(ComparedStep step) => Steps.Count(other => other.IsLeaf && other.Label == step.Label) > 1 ? $"{step.Label} in {step.Owner}" : step.Label;

    static string Capital(string text) => char.ToUpperInvariant(text[0]) + text[1..];
}
