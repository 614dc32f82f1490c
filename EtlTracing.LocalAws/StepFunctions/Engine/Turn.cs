using System.Globalization;
using System.Text.Json.Nodes;
using EtlTracing.LocalAws.StepFunctions.Api;
using EtlTracing.LocalAws.StepFunctions.Language;
using EtlTracing.LocalAws.StepFunctions.Storage;

namespace EtlTracing.LocalAws.StepFunctions.Engine;

/// <summary>
/// One move of an execution: from something that happened (started, a worker answered, time went by) until nothing can
/// go on without the next happening. It only changes the execution and collects what follows from that; the engine then
/// writes everything down in one transaction, and acts afterwards.
/// </summary>
public sealed partial class Turn(Execution execution, Arns arns, ActivityBook activities, RevisionNumbers revisions, DateTimeOffset now, Random random)
{
    readonly Queue<Branch> _ready = new();

    public Execution Execution => execution;

    /// <summary>True for the turn that makes the execution.</summary>
    public bool IsFirst { get; private set; }

    /// <summary>New events as the history shows them.</summary>
    public List<(long Id, string Json)> Events { get; } = [];

    /// <summary>An event to be taken back from the history.</summary>
    public long? Undone { get; private set; }

    /// <summary>Tasks to offer to workers.</summary>
    public List<Branch> Offered { get; } = [];

    /// <summary>Tokens that workers can no longer use, and those of new tasks.</summary>
    public List<string> DeadTokens { get; } = [];

    /// <summary>Distributed Maps to begin.</summary>
    public List<MapRunStart> MapRuns { get; } = [];

    /// <summary>The numbers under which the new Map runs are kept.</summary>
    public Dictionary<string, long> MapRunSequences { get; } = [];

    /// <summary>Distributed Maps that are over, and how they ended.</summary>
    public List<(string Arn, string Status)> EndedMapRuns { get; } = [];

    public double Time => Store.Seconds(now);

    /// <summary>The first event and the first state.</summary>
    public void Start()
    {
        IsFirst = true;
        Record("ExecutionStarted", 0, "executionStartedEventDetails", Data("input", execution.Input).With("roleArn", execution.Machine.RoleArn));
        if (execution.Definition.TimeoutSeconds is { } seconds) execution.Deadline = Later(seconds);
        execution.Root.Scope = execution.Definition.Root;
        execution.Root.Input = execution.Input;
        GoTo(execution.Root, execution.Definition.Root.StartAt);
        Run();
    }

    public void Stop(string? error, string? cause)
    {
        Record("ExecutionAborted", 0, "executionAbortedEventDetails", new JsonObject().With("error", error).With("cause", cause));
        End("ABORTED", null, error, cause);
    }

    /// <summary>Its state machine was deleted.</summary>
    public void EndWithMachine() => FailExecution(execution.Root.Last, StateFailedException.Runtime, $"State machine {execution.Machine.Name} has been deleted.");

    /// <summary>Lets everything happen that is due.</summary>
    public void PassTime()
    {
        if (execution.Deadline <= now)
        {
            Record("ExecutionTimedOut", execution.Root.Last, "executionTimedOutEventDetails", []);
            End("TIMED_OUT", null, null, null);
            return;
        }
        foreach (var branch in execution.Branches().Where(IsDue).ToArray())
        {
            if (!execution.IsRunning || !IsLive(branch)) continue;
            switch (branch.Phase)
            {
                case Phase.Waiting: LeaveWait(branch); break;
                case Phase.Retrying: Attempt(branch); break;
                default: TimeOut(branch); break;
            }
            Run();
        }
    }

    /// <summary>When time next makes a difference.</summary>
    public static DateTimeOffset? NextDue(Execution execution)
    {
        var next = execution.Deadline;
        foreach (var branch in execution.Branches())
        {
            if (branch.Due is { } due && !(next <= due)) next = due;
            if (branch.HeartbeatDue is { } beat && !(next <= beat)) next = beat;
        }
        return next;
    }

    bool IsDue(Branch branch) => branch.Due <= now || branch.HeartbeatDue <= now;

    /// <summary>False for a branch that was cut off together with its parent's other children.</summary>
    bool IsLive(Branch branch) => branch == execution.Root || (branch.Parent is { } parent && parent.Children?.Contains(branch) == true && IsLive(parent));

    void Run()
    {
        while (execution.IsRunning && _ready.TryDequeue(out var branch))
        {
            if (!IsLive(branch)) continue;
            try
            {
                Enter(branch);
            }
            catch (StateFailedException failure)
            {
                Fail(branch, failure);
            }
        }
    }

    void GoTo(Branch branch, string state)
    {
        branch.State = state;
        branch.Phase = Phase.Entering;
        branch.Clear();
        _ready.Enqueue(branch);
    }

    void Enter(Branch branch)
    {
        var state = branch.Definition;
        branch.Entered = now;
        branch.EnteredEvent = Follow(branch, state.Type + "StateEntered", "stateEnteredEventDetails", Data("input", branch.Input).With("name", state.Name));
        if (!execution.IsRunning) return;
        switch (state.Type)
        {
            case "Task" or "Parallel" or "Map":
                Attempt(branch);
                break;
            case "Wait":
                Begin(branch);
                EnterWait(branch, state);
                break;
            case "Choice":
                Begin(branch);
                Choose(branch, state);
                break;
            case "Fail":
                Begin(branch);
                throw FailureOf(branch, state);
            case "Succeed":
                Begin(branch);
                var through = Flow(branch);
                Leave(branch, through.Output(through.Selected));
                break;
            default:
                Begin(branch);
                var flow = Flow(branch);
                var effective = flow.Effective();
                var given = state.Json.TryGetPropertyValue("Result", out var result) ? new StateData(result) : effective;
                Leave(branch, flow.Output(given), given);
                break;
        }
    }

    StateFailedException FailureOf(Branch branch, State state)
    {
        return new StateFailedException(Part("Error") ?? "", Part("Cause"));

        string? Part(string field)
        {
            if (state.Text(field) is { } literal) return literal;
            if (state.Text(field + "Path") is not { } path) return null;
            var input = new StateData(branch.Input);
            var surroundings = Around(branch);
            if (path.StartsWith("States.", StringComparison.Ordinal)) return Text(Intrinsic.Parse(path).Call(input.Tree, surroundings));
            return surroundings.TryFind(JsonPath.Parse(path), input.Tree, out var found) ? Text(found) : throw PayloadTemplate.NotFound(path, field + "Path", input.Tree);

            string Text(JsonNode? value) => JsonComparison.Text(value) ?? throw StateFailedException.AtRuntime($"The {field}Path field must reference a string, but was: {StateData.Write(value)}");
        }
    }

    DataFlow Flow(Branch branch) => new(branch.Definition, new StateData(branch.Input), Around(branch));

    Surroundings Around(Branch branch) => new(() => ContextOf(branch), name => Variable(branch, name), random);

    /// <summary>The value of a variable as seen in a branch: its own scope's or an outer one's.</summary>
    static string? Variable(Branch? branch, string name)
    {
        for (; branch is not null; branch = branch.Parent)
            if (branch.Variables?.TryGetValue(name, out var value) == true) return value;
        return null;
    }

    JsonObject ContextOf(Branch branch)
    {
        var state = branch.Definition;
        var context = new JsonObject
        {
            ["Execution"] = new JsonObject
            {
                ["Id"] = execution.Arn,
                ["Input"] = StateData.Parse(execution.Input),
                ["StartTime"] = Iso(execution.Started),
                ["Name"] = execution.Name,
                ["RoleArn"] = execution.Machine.RoleArn,
                ["RedriveCount"] = execution.RedriveCount,
            },
            ["StateMachine"] = new JsonObject { ["Id"] = execution.Machine.Arn, ["Name"] = execution.Machine.Name },
            ["State"] = new JsonObject { ["Name"] = state.Name, ["EnteredTime"] = Iso(branch.Entered) },
        };
        if (execution.Redriven is { } redriven) ((JsonObject)context["Execution"]!)["RedriveTime"] = Iso(redriven);
        if (state.Type is "Task" or "Parallel" or "Map") ((JsonObject)context["State"]!)["RetryCount"] = branch.RetryCount;
        for (var at = branch; at is not null; at = at.Parent)
        {
            if (at.MapItem is null) continue;
            context["Map"] = new JsonObject { ["Item"] = StateData.Parse(at.MapItem) };
            break;
        }
        return context;
    }

    DateTimeOffset Later(double seconds) => seconds > 100_000_000 ? DateTimeOffset.MaxValue : now.AddSeconds(seconds);

    internal static string Iso(DateTimeOffset time) => time.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture);
}
