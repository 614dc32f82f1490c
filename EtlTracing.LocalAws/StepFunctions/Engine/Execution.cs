using EtlTracing.LocalAws.StepFunctions.Language;

namespace EtlTracing.LocalAws.StepFunctions.Engine;

/// <summary>A state machine at one of its revisions.</summary>
public sealed record Machine(string Arn, string Name, string Definition, string RoleArn, string Type, bool Tracing)
{
    public long Revision { get; init; }
    public string RevisionId { get; init; } = "";
    public bool WasUpdated { get; init; }
    public double Created { get; init; }
    public double Updated { get; init; }
    public string Logging { get; init; } = """{"level":"OFF","includeExecutionData":false}""";
}

/// <summary>A running execution. Only the one that holds its <see cref="Gate"/> may look inside or change it.</summary>
public sealed class Execution
{
    long _alarm;

    public required string Arn { get; init; }
    public required Machine Machine { get; init; }
    public required string Name { get; init; }
    public required string Input { get; init; }
    public required DateTimeOffset Started { get; init; }
    public string? TraceHeader { get; init; }

    /// <summary>A distributed Map's child knows its run.</summary>
    public string? MapRun { get; init; }
    public long MapItem { get; init; }
    public long ItemCount { get; init; }

    /// <summary>Its number in the file; 0 until it was written.</summary>
    public long Sequence { get; set; }
    public string Status { get; set; } = "RUNNING";
    public DateTimeOffset? Stopped { get; set; }
    public string? Output { get; set; }
    public string? Error { get; set; }
    public string? Cause { get; set; }
    public int RedriveCount { get; set; }
    public DateTimeOffset? Redriven { get; set; }
    public DateTimeOffset? Deadline { get; set; }
    public long NextEvent { get; set; } = 1;
    public Branch Root { get; set; } = new();
    public Segment? Segment { get; set; }

    public SemaphoreSlim Gate { get; } = new(1);

    /// <summary>Set after a failed write: this object is ahead of the file and is no longer used.</summary>
    public bool IsStale { get; set; }

    /// <summary>The alarm that is set for it, in UTC ticks; 0 for none. The alarm clock reads it without the gate.</summary>
    public long Alarm
    {
        get => Volatile.Read(ref _alarm);
        set => Volatile.Write(ref _alarm, value);
    }

    public bool IsRunning => Status == "RUNNING";
    public Definition Definition => Language.Definition.Read(Machine.Definition);

    public IEnumerable<Branch> Branches() => Root.All();
}
