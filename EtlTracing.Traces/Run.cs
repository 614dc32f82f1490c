namespace EtlTracing.Traces;

public enum RunStatus { Running, Succeeded, Failed, TimedOut, Aborted }

/// <summary>One workflow execution, as DescribeExecution tells it.</summary>
public sealed record Run
{
    public required string Arn { get; init; }

    /// <summary>The execution's name: what links and the terminal call a run.</summary>
    public required string Id { get; init; }
    public required RunStatus Status { get; init; }
    public required DateTimeOffset Started { get; init; }
    public DateTimeOffset? Stopped { get; init; }
    public int Redrives { get; init; }
    public string? Error { get; init; }
    public string? Cause { get; init; }
    public RunInput Input { get; init; } = RunInput.Unknown;

    /// <summary>False while only the list has been read, which tells neither input nor output.</summary>
    public bool IsDescribed { get; init; }

    /// <summary>The jobs' answers that the execution's output holds, in the order of the workflow.</summary>
    public IReadOnlyList<JobOutput> Outputs { get; init; } = [];

    public bool IsOver => Status != RunStatus.Running;
    public TimeSpan? Duration => Stopped - Started;
    public long? RowsRead => Outputs.Count > 0 ? Outputs[0].RowsRead : null;
    public long? RowsOut => Outputs.Count > 0 && Status == RunStatus.Succeeded ? Outputs[^1].RowsOut : null;
    public long? RowsRejected => Outputs.Count > 0 ? Outputs.Sum(output => output.RowsRejected) : null;
    public long? RowsDropped => RowsRead - RowsOut - RowsRejected;

    /// <summary>A newer upload of the same key was faster; this run left its output alone.</summary>
    public bool Superseded => Outputs.Any(output => output.Superseded);
}

/// <summary>The workflow's input, made by the trigger. A run started by hand may lack any of it.</summary>
public sealed record RunInput(string? Bucket, string? Key, string? TraceId, string? ETag, string? Json)
{
    public static RunInput Unknown { get; } = new(null, null, null, null, null);

    public string Folder => Key is null ? "" : Key[..(Key.LastIndexOf('/') + 1)];
    public string File => Key is null ? "unknown input" : Key[(Key.LastIndexOf('/') + 1)..];
}

/// <summary>What a job answered: its task's output.</summary>
public sealed record JobOutput
{
    /// <summary>The workflow's state in lower case: clean, process.</summary>
    public required string Job { get; init; }
    public string? OutputKey { get; init; }
    public string? OutputETag { get; init; }
    public string? RejectedKey { get; init; }
    public string? GroupsKey { get; init; }
    public long RowsRead { get; init; }
    public long RowsOut { get; init; }
    public long RowsRejected { get; init; }
    public long BytesRead { get; init; }
    public long BytesWritten { get; init; }
    public bool Superseded { get; init; }
    public IReadOnlyDictionary<string, long> Rejects { get; init; } = new Dictionary<string, long>();
    public IReadOnlyList<StepRows> Steps { get; init; } = [];
}

public sealed record StepRows(string Name, long RowsIn, long RowsOut);

/// <summary>One try of one state, from the execution's history.</summary>
public sealed record Attempt
{
    public required string State { get; init; }

    /// <summary>1 for the first.</summary>
    public required int Number { get; init; }
    public required DateTimeOffset Scheduled { get; init; }

    /// <summary>When a worker took the task; null while nobody has.</summary>
    public DateTimeOffset? Started { get; init; }
    public DateTimeOffset? Ended { get; init; }
    public string? Worker { get; init; }
    public string? Error { get; init; }
    public string? Cause { get; init; }
    public string? OutputJson { get; init; }

    public bool Failed => Error is not null;
}

/// <summary>Why a trace is not on the page. The words are shown as they are.</summary>
public enum TraceState { Found, NoId, NotSampled, NotYet, Gone, Denied, Unreachable }

public sealed record Trace(TraceState State, SegmentTree Tree, bool LimitExceeded, string Words)
{
    public static Trace Missing(TraceState state, string words) => new(state, SegmentTree.Empty, false, words);
}

/// <summary>A run with everything that is known of it.</summary>
public sealed record RunDetail(Run Run, IReadOnlyList<Attempt> Attempts, Trace Trace)
{
    public SegmentTree Tree => Trace.Tree;

    /// <summary>Set where the history could not be read; attempts are then taken from the trace alone.</summary>
    public string? HistoryProblem { get; init; }

    /// <summary>The workflow came to a state that only fails: a redrive would come to it again.</summary>
    public bool EndedInFailState { get; init; }

    /// <summary>The execution's output, or, where a run failed, what its finished jobs had answered.</summary>
    public IReadOnlyList<JobOutput> Outputs =>
        Run.Outputs.Count > 0
            ? Run.Outputs
            : [.. Attempts.Select(attempt => RunJson.Output(attempt.State, attempt.OutputJson)).OfType<JobOutput>()];

    public IEnumerable<Attempt> FailedAttempts => Attempts.Where(attempt => attempt.Failed);
    public bool Retried => Attempts.Any(attempt => attempt.Number > 1);

    /// <summary>The run's span of time: from the upload's event, where traced, to the workflow's end.</summary>
    public TimeSpan Length(DateTimeOffset now)
    {
        var start = Tree.Start is { } traced && traced < Run.Started ? traced : Run.Started;
        var end = Run.Stopped ?? now;
        return end > start ? end - start : TimeSpan.Zero;
    }
}
