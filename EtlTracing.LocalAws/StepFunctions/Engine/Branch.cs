using System.Text.Json.Serialization;
using EtlTracing.LocalAws.StepFunctions.Language;

namespace EtlTracing.LocalAws.StepFunctions.Engine;

/// <summary>What a branch waits for.</summary>
public enum Phase
{
    /// <summary>Nothing: its state is to be entered.</summary>
    Entering,
    /// <summary>A point in time.</summary>
    Waiting,
    /// <summary>A worker.</summary>
    Scheduled,
    /// <summary>A worker's answer.</summary>
    Started,
    /// <summary>The delay of a retry.</summary>
    Retrying,
    /// <summary>The branches of a Parallel, or the iterations of an inline Map.</summary>
    Children,
    /// <summary>The child executions of a distributed Map.</summary>
    MapRun,
}

/// <summary>
/// One line of control through a list of states: an execution's own, or that of a Parallel's branch or a Map's iteration
/// below it. All of it is written down at each commit, so that a restarted process goes on from here.
/// </summary>
public sealed class Branch
{
    public string State { get; set; } = "";
    public string Input { get; set; } = "{}";
    public Phase Phase { get; set; }

    /// <summary>The event that the next one of this branch follows.</summary>
    public long Last { get; set; }
    public long EnteredEvent { get; set; }
    public DateTimeOffset Entered { get; set; }

    /// <summary>Which branch or iteration of its parent this is.</summary>
    public int Index { get; set; }
    public int RetryCount { get; set; }

    /// <summary>Retries used up, by retrier of the current state.</summary>
    public int[]? Retries { get; set; }

    public string? Activity { get; set; }
    public string? Token { get; set; }
    public string? TaskInput { get; set; }
    public long ScheduledEvent { get; set; }
    public double? TimeoutSeconds { get; set; }
    public double? HeartbeatSeconds { get; set; }

    /// <summary>The id of ActivityStarted while a task that came back from a vanished worker waits for the next one.</summary>
    public long? StartedEvent { get; set; }

    /// <summary>The end of the wait, of the retry's delay, or of the task's time.</summary>
    public DateTimeOffset? Due { get; set; }
    public DateTimeOffset? HeartbeatDue { get; set; }

    public List<Branch>? Children { get; set; }

    /// <summary>Outputs of finished children, by index.</summary>
    public string?[]? Results { get; set; }

    /// <summary>The items of an inline Map.</summary>
    public string[]? Items { get; set; }
    public int NextItem { get; set; }
    public int MaxConcurrency { get; set; }

    /// <summary>In an iteration: the item as the context object shows it.</summary>
    public string? MapItem { get; set; }
    public string? MapRun { get; set; }

    public Dictionary<string, string>? Variables { get; set; }

    /// <summary>The id of the X-Ray subsegment of the current attempt.</summary>
    public string? AttemptId { get; set; }

    [JsonIgnore]
    public Subsegment? Attempt { get; set; }

    [JsonIgnore]
    public Branch? Parent { get; set; }

    [JsonIgnore]
    public Scope Scope { get; set; } = null!;

    [JsonIgnore]
    public State Definition => Scope.States[State];

    /// <summary>Itself and all below it.</summary>
    public IEnumerable<Branch> All()
    {
        yield return this;
        if (Children is null) yield break;
        foreach (var child in Children)
            foreach (var one in child.All()) yield return one;
    }

    /// <summary>Gives a branch that was read back its place in the definition.</summary>
    public void Attach(Scope scope, Branch? parent, Segment? segment)
    {
        Scope = scope;
        Parent = parent;
        Attempt = AttemptId is null ? null : segment?.Find(AttemptId);
        if (Children is null) return;
        foreach (var child in Children) child.Attach(Definition.Processor ?? Definition.Branches![child.Index], this, segment);
    }

    /// <summary>Forgets what belonged to the state that was left.</summary>
    public void Clear()
    {
        Retries = null;
        RetryCount = 0;
        ClearAttempt();
    }

    /// <summary>Forgets what belonged to one attempt of the state.</summary>
    public void ClearAttempt()
    {
        Activity = Token = TaskInput = MapRun = null;
        TimeoutSeconds = HeartbeatSeconds = null;
        Due = HeartbeatDue = null;
        StartedEvent = null;
        Children = null;
        Results = null;
        Items = null;
        NextItem = MaxConcurrency = 0;
    }
}
