namespace EtlTracing.Traces;

public enum VerdictKind { Ok, Running, Failed, Retried, Incomplete, Slow }

/// <summary>The answer to 'how did it go', in a sentence: the lead, and what follows from the evidence.</summary>
/// <param name="Kind">Also what the list of runs filters by.</param>
/// <param name="Lead">The bold part.</param>
/// <param name="Rest">The remainder; empty where there is no more to say.</param>
/// <param name="SpanKey">The span that the sentence speaks of, for a link.</param>
public sealed record Verdict(VerdictKind Kind, string Lead, string Rest, string? SpanKey)
{
    /// <summary>A cause may hold a whole report; the sentence takes what fits a line.</summary>
    const int LongestCause = 180;

    /// <summary>The kind in a word or two, for lists.</summary>
    public static string Word(VerdictKind kind) => kind switch
    {
        VerdictKind.Ok => "OK",
        VerdictKind.Slow => "OK, slow",
        _ => kind.ToString(),
    };

    public override string ToString() => Rest.Length == 0 ? Lead : $"{Lead} {Rest}";

    /// <summary>A step's delay is worth the sentence from this share of the run on; the waterfall marks smaller ones.</summary>
    const double NotableShare = 0.05;

    public static Verdict Of(RunDetail detail, Usual usual, Completeness completeness, DateTimeOffset now) => detail.Run.Status switch
    {
        RunStatus.Running => Running(detail, usual, now),
        RunStatus.Succeeded when detail.FailedAttempts.Any() => Retried(detail),
        RunStatus.Succeeded => Succeeded(detail, usual, completeness),
        _ => Failed(detail),
    };

    static Verdict Running(RunDetail detail, Usual usual, DateTimeOffset now)
    {
        var progress = Progress.Of(detail);
        if (progress is null) return new Verdict(VerdictKind.Running, $"Waiting since {Units.Time(detail.Length(now))}", "for a worker to take its first task.", null);
        var rest = progress.Step is null ? "" : progress.Rows is { } rows ? $"{progress.Step}, {Units.Count(rows)} rows so far." : $"{progress.Step}.";
        if (rest.Length > 0 && usual.Run is { } ordinary) rest = $"{rest.TrimEnd('.')}; the whole run usually takes {Units.Time(ordinary)}.";
        return progress.Waiting
            ? new Verdict(VerdictKind.Running, $"{progress.State} waits for a worker", $"after {Units.Time(detail.Length(now))}.", null)
            : new Verdict(VerdictKind.Running, $"{progress.State} has run for {Units.Time(now - progress.Since)}{(rest.Length > 0 ? ":" : ".")}", rest, progress.SpanKey);
    }

    static Verdict Failed(RunDetail detail)
    {
        var run = detail.Run;
        var last = detail.FailedAttempts.LastOrDefault();
        var span = Culprit(detail);
        if (run.Status == RunStatus.Aborted)
            return Sentence(run.Cause) is { } why ? new Verdict(VerdictKind.Failed, "Stopped:", why, span?.Key) : new Verdict(VerdictKind.Failed, "Stopped by hand.", "", span?.Key);
        var where = last?.State ?? detail.Tree.States.LastOrDefault(state => state.Failed)?.Name;
        var tries = where is null ? 1 : detail.Attempts.Count(attempt => attempt.State == where);
        var lead = where is null ? "Failed:" : tries > 1 ? $"Failed in {where} after {tries} attempts:" : $"Failed in {where}:";
        var cause = Sentence(WithoutKey(run.Cause, run)) ?? Sentence(WithoutKey(last?.Cause, run)) ?? Sentence(span?.Exceptions is [var thrown, ..] ? thrown.Message : null) ?? run.Error ?? last?.Error ?? "no cause was given.";
        var written = detail.Outputs.Select(output => output.OutputKey).OfType<string>().ToList();
        var after = written.Count == 0 ? "Nothing was written." : $"{string.Join(", ", written)} had been written before.";
        return new Verdict(VerdictKind.Failed, lead, $"{cause} {after}", span?.Key);
    }

    static Verdict Retried(RunDetail detail)
    {
        var failed = detail.FailedAttempts.ToList();
        var state = failed[^1].State;
        var here = failed.Where(attempt => attempt.State == state).ToList();
        var passed = detail.Attempts.Last(attempt => attempt.State == state);
        var first = detail.Attempts.First(attempt => attempt.State == state);
        var cost = passed.Scheduled - first.Scheduled;
        var error = here.Select(attempt => attempt.Error).Distinct().Count() == 1 ? $" ({here[0].Error})" : "";
        var times = here.Count == 1 ? "once" : here.Count == 2 ? "twice" : $"{here.Count} times";
        // Nobody said that anything failed: a worker was there and then was not.
        var what = here.All(attempt => attempt is { Error: "States.Timeout" or "States.HeartbeatTimeout", Started: not null }) ? $"{state} lost its worker {times}" : $"{state} failed {times}{error}";
        return new Verdict(
            VerdictKind.Retried,
            $"{what} and passed on attempt {passed.Number};",
            $"that cost {Units.Time(cost)} of {Units.Time(detail.Length(detail.Run.Stopped ?? passed.Scheduled))}. The output is whole.",
            Culprit(detail)?.Key);
    }

    static Verdict Succeeded(RunDetail detail, Usual usual, Completeness completeness)
    {
        var total = detail.Length(detail.Run.Stopped ?? detail.Run.Started);
        if (detail.Trace.State != TraceState.Found)
            return new Verdict(VerdictKind.Ok, $"Done in {Units.Time(total)}.", AgainstUsual(detail, usual, total), null);

        var job = detail.Tree.Jobs.Where(span => span.Duration is not null).MaxBy(span => span.Duration);
        var (step, unusual) = Slowest(detail.Tree, usual, total);
        var lead = job is null || total <= TimeSpan.Zero
            ? $"Done in {Units.Time(total)}."
            : $"{Name(job)} took {Units.Share(Math.Min(1, job.Duration!.Value / total))} of {Units.Time(total)}.";
        var slow = unusual || usual.Run is { } run && Usual.Excess(total, run) is not null;
        var kind = completeness.IsPartial ? VerdictKind.Incomplete : slow ? VerdictKind.Slow : VerdictKind.Ok;
        if (step is null) return new Verdict(kind, lead, AgainstUsual(detail, usual, total), job?.Key);

        var longest = Slowest(detail.Tree, Usual.Unknown, total).Step;
        var rest = $"{StepName(detail.Tree, step, job)} {(step == longest ? "was slowest at" : "took")} {Units.Time(step.Duration!.Value)}";
        rest += unusual && usual.Excess(step) is { } times ? $", {Units.Ratio(times)} its usual time."
            : usual.Of(step) is not null ? $"; {AgainstUsual(detail, usual, total)}"
            : ".";
        return new Verdict(kind, lead, detail.Run.Superseded ? rest + " A newer upload of the same key had been faster, so its output stands." : rest, step.Key);
    }

    static string AgainstUsual(RunDetail detail, Usual usual, TimeSpan total)
    {
        if (usual.Run is not { Ticks: > 0 } ordinary) return detail.Run.Superseded ? "A newer upload had been faster." : "";
        var change = total / ordinary - 1;
        return Math.Abs(change) < 0.1 ? $"the run was as fast as usual ({Units.Time(ordinary)})."
            : change > 0 ? $"the run took {Units.Time(total - ordinary)} more than its usual {Units.Time(ordinary)}."
            : $"the run took {Units.Time(ordinary - total)} less than its usual {Units.Time(ordinary)}.";
    }

    /// <summary>Both jobs read and write: a name that is not the step's alone says whose it is, unless the sentence is of that job already.</summary>
    static string StepName(SegmentTree tree, Span step, Span? said) =>
        step.Segment != said && tree.All.Any(other => other.Label == step.Label && other.Segment.Name != step.Segment.Name) ? $"{step.Label} in {Name(step.Segment)}" : step.Label;

    /// <summary>The step most past its usual time, if that made a difference to the run, else the longest. A part that only reads or writes counts as a step.</summary>
    static (Span? Step, bool Unusual) Slowest(SegmentTree tree, Usual usual, TimeSpan total)
    {
        var steps = tree.Jobs.SelectMany(job => job.Subtree())
            .Where(span => span is { Role: SpanRole.Step or SpanRole.Group, Duration: not null }
                && !span.Children.Any(child => child.Role is SpanRole.Step or SpanRole.Group))
            .ToList();
        var unusual = steps.Where(span => usual.Excess(span) is not null && span.Duration - usual.Of(span) >= total * NotableShare).MaxBy(span => span.Duration - usual.Of(span));
        return (unusual ?? steps.MaxBy(span => span.Duration), unusual is not null);
    }

    /// <summary>The deepest span that failed, of the last attempt that did.</summary>
    public static Span? Culprit(RunDetail detail)
    {
        Span? culprit = null;
        var depth = 0;
        foreach (var span in detail.Tree.All)
        {
            if (!span.Failed && !(detail.Run.IsOver && span.End is null)) continue;
            var level = 0;
            for (var at = span.Parent; at is not null; at = at.Parent) level++;
            if (culprit is null || level >= depth) (culprit, depth) = (span, level);
        }
        return culprit;
    }

    /// <summary>A job is called by its state; its segment has the service's name.</summary>
    static string Name(Span job) => job.Attribute(EtlAttributes.Operation) is { Length: > 0 } operation ? operation : job.Name;

    /// <summary>Whoever reads a run's verdict knows its input: a cause that begins with the key is shorter without it.</summary>
    static string? WithoutKey(string? cause, Run run) =>
        run.Input.Key is { Length: > 0 } key && cause?.StartsWith(key + " ", StringComparison.Ordinal) == true ? "the input" + cause[key.Length..] : cause;

    /// <summary>The first sentence or line of a cause.</summary>
    public static string? Sentence(string? text)
    {
        if (string.IsNullOrWhiteSpace(text)) return null;
        var line = text.Trim();
        var end = line.IndexOf('\n');
        if (end > 0) line = line[..end].TrimEnd();
        if (line.Length > LongestCause)
        {
            // Between two words, so that no half of a name looks like a name.
            var cut = line.LastIndexOf(' ', LongestCause);
            line = line[..(cut > LongestCause / 2 ? cut : LongestCause)].TrimEnd(' ', ';', ',', ':') + " …";
        }
        return line[^1] is '.' or '!' or '?' or '…' ? line : line.TrimEnd(';', ',', ':') + ".";
    }
}

/// <summary>Where a running run is: its state, and what the job's in-progress segment says.</summary>
public sealed record Progress(string State, string? Step, long? Rows, DateTimeOffset Since, bool Waiting, string? SpanKey)
{
    public static Progress? Of(RunDetail detail)
    {
        var job = detail.Tree.Jobs.LastOrDefault(span => span.End is null);
        var attempt = detail.Attempts is [.., var newest] ? newest : null;
        if (job is null && attempt is null) return null;
        var state = attempt?.State ?? job!.Attribute(EtlAttributes.Operation) ?? job!.Name;
        return new Progress(
            state,
            job?.Attribute(EtlAttributes.Step),
            job?.Number(EtlAttributes.RowsOut) ?? job?.Number(EtlAttributes.RowsIn),
            attempt?.Started ?? job?.Start ?? detail.Run.Started,
            attempt is { Started: null, Ended: null } && job is null,
            job?.Key);
    }
}
