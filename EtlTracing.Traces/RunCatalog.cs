using System.Collections.Concurrent;
using System.Text.RegularExpressions;
using Amazon.Runtime;

namespace EtlTracing.Traces;

/// <summary>What the list says of a run beyond its execution: taken from its trace, which is then forgotten.</summary>
public sealed record RunDigest(Verdict Verdict, Completeness Completeness, RunProfile Profile, Progress? Progress, TraceState Trace, DateTimeOffset Read);

/// <param name="Run">As last described.</param>
/// <param name="Digest">Null until the trace has been read.</param>
public sealed record RunEntry(Run Run, RunDigest? Digest)
{
    public VerdictKind Kind => Digest?.Verdict.Kind ?? Run.Status switch
    {
        RunStatus.Running => VerdictKind.Running,
        RunStatus.Succeeded => VerdictKind.Ok,
        _ => VerdictKind.Failed,
    };

    /// <summary>What a reader should know without opening the run.</summary>
    public string StandsOut => this switch
    {
        { Digest: null } => "",
        { Digest.Progress: { } progress, Run.IsOver: false } =>
            progress.Waiting ? $"{progress.State} waits for a worker" : string.Join(", ", new[] { progress.State, progress.Step }.OfType<string>()),
        { Kind: VerdictKind.Failed } => Digest.Verdict.ToString(),
        { Kind: VerdictKind.Retried } => Digest.Verdict.Lead.TrimEnd(';'),
        { Kind: VerdictKind.Incomplete } => Digest.Completeness.Words,
        { Kind: VerdictKind.Slow } => Digest.Verdict.Rest,
        { Run.Superseded: true } => "A newer upload was faster",
        { Digest.Trace: TraceState.Denied or TraceState.Unreachable } => "Its trace cannot be read",
        _ => "",
    };

    /// <summary>From the upload's event where that is traced, as on the run's own page; null while it runs.</summary>
    public TimeSpan? Duration => Run.IsOver ? Digest?.Profile.Duration ?? Run.Duration : null;
}

/// <summary>
/// The newest runs, remembered between questions: what is over does not change, so it is described and its trace is read once.
/// Bounded: <see cref="MaxRuns"/> runs, and a fixed number of calls a refresh, so that a busy account is not throttled by a page.
/// </summary>
public sealed partial class RunCatalog(RunReader reader, TimeProvider time) : IDisposable
{
    public const int MaxRuns = 500;
    const int DescribesAtOnce = 4;
    const int TracesARefresh = 200;
    const int RunningTracesARefresh = 10;

    /// <summary>How long a finished run's trace may still grow: exporters batch, and X-Ray is eventually consistent.</summary>
    static readonly TimeSpan s_settling = TimeSpan.FromSeconds(90);

    /// <summary>A page must come in time although hundreds of runs are new to it: the rest follows with the next refresh.</summary>
    static readonly TimeSpan s_patience = TimeSpan.FromSeconds(3);

    /// <summary>A service that refused or did not answer is asked again, but not with every page.</summary>
    static readonly TimeSpan s_again = TimeSpan.FromSeconds(15);
    static readonly TimeSpan s_fresh = TimeSpan.FromMilliseconds(700);

    readonly SemaphoreSlim _one = new(1, 1);
    /// <summary>Pages read while a refresh writes.</summary>
    readonly ConcurrentDictionary<string, RunEntry> _known = new(StringComparer.Ordinal);
    volatile IReadOnlyList<RunEntry> _entries = [];
    DateTimeOffset _refreshed = DateTimeOffset.MinValue;

    public RunReader Reader { get; } = reader;

    /// <summary>Newest first, as of the last refresh.</summary>
    public IReadOnlyList<RunEntry> Entries => _entries;

    /// <summary>Set where the last refresh failed, in words; the entries are then older.</summary>
    public string? Problem { get; private set; }

    /// <summary>Asks what is new, unless that was just done.</summary>
    public async Task RefreshAsync(CancellationToken cancel)
    {
        await _one.WaitAsync(cancel);
        try
        {
            if (time.GetUtcNow() - _refreshed < s_fresh) return;
            var runs = await DescribeNewAsync(await Reader.ListAsync(MaxRuns, cancel), cancel);
            Problem = null;
            foreach (var gone in _known.Keys.Except(runs.Select(run => run.Arn)).ToList()) _known.TryRemove(gone, out _);
            foreach (var run in runs)
                _known[run.Arn] = _known.TryGetValue(run.Arn, out var known) && SameState(known.Run, run) ? known : new RunEntry(run, null);
            await DigestAsync(runs, cancel);
            _entries = [.. runs.Select(run => _known[run.Arn])];
            _refreshed = time.GetUtcNow();
        }
        catch (Exception problem) when (Traces.Problem.IsTold(problem, cancel))
        {
            Problem = Traces.Problem.Words(problem, "the list of runs", "states:ListExecutions with states:DescribeExecution");
        }
        finally
        {
            _one.Release();
        }
    }

    /// <summary>Ids of the runs that are new or different now. Each watcher keeps what it saw: whoever refreshes must not take another's news.</summary>
    public static IEnumerable<string> Changes(IReadOnlyList<RunEntry> before, IReadOnlyList<RunEntry> now)
    {
        var known = before.ToDictionary(entry => entry.Run.Arn);
        return now.Where(entry => !known.TryGetValue(entry.Run.Arn, out var old) || Changed(old, entry)).Select(entry => entry.Run.Id);
    }

    async Task<List<Run>> DescribeNewAsync(IReadOnlyList<Run> listed, CancellationToken cancel)
    {
        var runs = listed.ToList();
        var began = time.GetTimestamp();
        var throttled = false;
        await Parallel.ForAsync(0, runs.Count, new ParallelOptions { MaxDegreeOfParallelism = DescribesAtOnce, CancellationToken = cancel }, async (i, token) =>
        {
            if (_known.TryGetValue(runs[i].Arn, out var known) && SameState(known.Run, runs[i])) runs[i] = known.Run;
            else if (!throttled && time.GetElapsedTime(began) < s_patience)
                try
                {
                    runs[i] = await Reader.DescribeAsync(runs[i].Arn, token);
                }
                catch (AmazonServiceException problem) when (Traces.Problem.IsThrottled(problem) || problem.ErrorCode == "ExecutionDoesNotExist")
                {
                    // What was described stays; the rest follows with the next refresh. An execution may also end its 90 days just now.
                    throttled |= Traces.Problem.IsThrottled(problem);
                }
        });
        return runs;
    }

    static bool SameState(Run described, Run listed) => described.IsDescribed && StateOf(described) == StateOf(listed);

    static (RunStatus, DateTimeOffset?, int) StateOf(Run run) => (run.Status, run.Stopped, run.Redrives);

    static bool Changed(RunEntry old, RunEntry now) =>
        old.Run.IsDescribed != now.Run.IsDescribed || StateOf(old.Run) != StateOf(now.Run) || old.Digest?.Verdict != now.Digest?.Verdict || old.Digest?.Completeness != now.Digest?.Completeness || old.Digest?.Progress != now.Digest?.Progress;

    /// <summary>Reads the traces that are missing or still growing, oldest of them first, so that each run finds what was usual before it.</summary>
    async Task DigestAsync(IReadOnlyList<Run> runs, CancellationToken cancel)
    {
        var now = time.GetUtcNow();
        var began = time.GetTimestamp();
        var wanted = runs.Where(run => run is { IsOver: false, IsDescribed: true }).Take(RunningTracesARefresh)
            .Concat(runs.Where(run => run is { IsOver: true, IsDescribed: true } && Wants(_known[run.Arn], now)).Take(TracesARefresh).Reverse())
            .ToList();
        foreach (var batch in wanted.Chunk(RunReader.TracesPerCall))
        {
            if (time.GetElapsedTime(began) > s_patience) break;
            var traces = await Reader.TracesAsync(batch, cancel);
            for (var i = 0; i < batch.Length; i++)
            {
                var detail = new RunDetail(batch[i], ExecutionHistory.Attempts(traces[i].Tree), traces[i]);
                _known[batch[i].Arn] = new RunEntry(batch[i], Digest(detail, UsualBefore(batch[i]), now));
            }
            if (traces.Any(trace => trace.State is TraceState.Denied or TraceState.Unreachable)) break;
        }
    }

    static bool Wants(RunEntry entry, DateTimeOffset now)
    {
        if (entry.Digest is not { } digest) return true;
        if (digest.Trace == TraceState.Found && digest.Completeness.IsProven) return false;
        if (digest.Trace is TraceState.Denied or TraceState.Unreachable) return now - digest.Read > s_again;
        return digest.Trace is TraceState.Found or TraceState.NotYet && now - entry.Run.Stopped < s_settling;
    }

    static RunDigest Digest(RunDetail detail, Usual usual, DateTimeOffset now)
    {
        var completeness = Completeness.Of(detail);
        return new RunDigest(
            Verdict.Of(detail, usual, completeness, now), completeness, RunProfile.Of(detail), detail.Run.IsOver ? null : Progress.Of(detail), detail.Trace.State, now);
    }

    /// <summary>Good runs of the same input that began before this one, newest first.</summary>
    public IReadOnlyList<RunEntry> Earlier(Run run, int max = Usual.MostRuns)
    {
        var series = Series(run.Input);
        return [.. _known.Values
            .Where(entry => entry.Run.Started < run.Started && entry.Run.Arn != run.Arn && Series(entry.Run.Input) == series)
            .OrderByDescending(entry => entry.Run.Started)
            .Take(max)];
    }

    public Usual UsualBefore(Run run) => new(MedianBefore(run));

    /// <summary>The median of this input's last good runs before this one; null where there is none.</summary>
    public RunProfile? MedianBefore(Run run)
    {
        var series = Series(run.Input);
        return RunProfile.Median([.. _known.Values
            .Where(entry => entry.Run.Started < run.Started && entry.Run.Status == RunStatus.Succeeded
                && entry.Digest is { Trace: TraceState.Found, Verdict.Kind: not VerdictKind.Retried } && Series(entry.Run.Input) == series)
            .OrderByDescending(entry => entry.Run.Started)
            .Take(Usual.MostRuns)
            .Select(entry => entry.Digest!.Profile)]);
    }

    /// <summary>A run by its name, its ARN or its trace's id, with history and trace; null where there is none.</summary>
    public async Task<RunDetail?> ReadAsync(string id, CancellationToken cancel)
    {
        var known = _entries.FirstOrDefault(entry => entry.Run.Id == id || entry.Run.Arn == id || entry.Run.Input.TraceId == id)?.Run;
        var run = known is { IsOver: true, IsDescribed: true } ? known
            : known is null && TraceId().IsMatch(id) ? await Reader.FindByTraceAsync(id, cancel)
            : await Reader.FindAsync(known?.Arn ?? id, cancel);
        return run is null ? null : await Reader.ReadAsync(run, cancel);
    }

    /// <summary>
    /// What counts as the same input: the key, with dates in its name left out, so that <c>listings-2024-03-17.csv</c> and
    /// <c>listings-2024-03-18.csv</c> are one series.
    /// </summary>
    public static string Series(RunInput input) => $"{input.Bucket}/{(input.Key is null ? "" : Dates().Replace(input.Key, "*"))}";

    [GeneratedRegex(@"(?<!\d)(19|20)\d\d[-_]?(0\d|1[0-2])[-_]?([0-2]\d|3[01])(?!\d)[a-z]?(?![a-z])", RegexOptions.IgnoreCase)]
    private static partial Regex Dates();

    [GeneratedRegex("^1-[0-9a-f]{8}-[0-9a-f]{24}$")]
    private static partial Regex TraceId();

    public void Dispose() => _one.Dispose();
}
