using System.Text.Json;
using System.Text.Json.Nodes;
using EtlTracing.LocalAws.StepFunctions.Language;

namespace EtlTracing.LocalAws.StepFunctions.Engine;

public sealed partial class Turn
{
    /// <summary>Histories end here (https://docs.aws.amazon.com/step-functions/latest/dg/service-quotas.html).</summary>
    public const int MaxEvents = 25_000;

    /// <summary>Records an event that the branch's next one follows.</summary>
    long Follow(Branch branch, string type, string? details = null, JsonObject? content = null) => branch.Last = Record(type, branch.Last, details, content);

    long Record(string type, long previous, string? details = null, JsonObject? content = null)
    {
        var id = execution.NextEvent++;
        if (id >= MaxEvents && execution.IsRunning && !type.StartsWith("Execution", StringComparison.Ordinal))
        {
            execution.NextEvent--;
            FailExecution(previous, StateFailedException.Runtime, "The execution reached the maximum number of history events (25000).");
            return id;
        }
        var json = new JsonObject
        {
            ["timestamp"] = Math.Round((now - DateTimeOffset.UnixEpoch).TotalSeconds, 3),
            ["type"] = type,
            ["id"] = id,
            ["previousEventId"] = previous,
        };
        if (details is not null) json[details] = content ?? [];
        Events.Add((id, json.ToJsonString(StateData.Writing)));
        return id;
    }

    void FailExecution(long previous, string? error, string? cause)
    {
        Record("ExecutionFailed", previous, "executionFailedEventDetails", new JsonObject().With("error", error).With("cause", cause));
        End("FAILED", null, error, cause);
    }

    void End(string status, string? output, string? error, string? cause)
    {
        execution.Status = status;
        execution.Stopped = now;
        execution.Output = output;
        execution.Error = error;
        execution.Cause = cause;
        foreach (var branch in execution.Branches()) Abandon(branch, status == "SUCCEEDED" ? null : error ?? "Aborted", cause);
        _ready.Clear();
    }

    /// <summary>Takes back what a branch has handed out: its task's token, its Map run, its open subsegment.</summary>
    void Abandon(Branch branch, string? error, string? cause)
    {
        if (branch.Token is not null) DeadTokens.Add(branch.Token);
        if (branch.MapRun is not null) EndedMapRuns.Add((branch.MapRun, "ABORTED"));
        Finish(branch, error, cause);
    }

    void Begin(Branch branch)
    {
        if (execution.Segment is not { } segment) return;
        Finish(branch, null, null);
        branch.Attempt = segment.Begin(branch.State, branch.Parent?.Attempt, now);
        branch.AttemptId = branch.Attempt.Id;
    }

    void Finish(Branch branch, string? error, string? cause)
    {
        if (branch.Attempt is not { End: null } attempt) return;
        attempt.End = now;
        attempt.Error = error;
        attempt.Cause = cause;
    }

    static JsonObject Data(string member, string json) => new() { [member] = json, [member + "Details"] = new JsonObject { ["truncated"] = false } };
}

static class JsonObjectMembers
{
    /// <summary>Adds a member, unless there is no value.</summary>
    public static JsonObject With(this JsonObject target, string member, JsonNode? value)
    {
        if (value is not null) target[member] = value;
        return target;
    }

    public static JsonElement ToElement(this JsonObject target) => JsonSerializer.SerializeToElement(target);
}
