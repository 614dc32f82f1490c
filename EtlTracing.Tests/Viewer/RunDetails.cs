using System.Text.Json;
using Amazon.StepFunctions;
using Amazon.StepFunctions.Model;
using EtlTracing.Traces;

namespace EtlTracing.Tests.Viewer;

/// <summary>Fabricated runs as the model sees them, without a network.</summary>
static class RunDetails
{
    public static RunDetail Detail(this FabricatedRun run) => new(
        new Run
        {
            Arn = run.Arn,
            Id = run.Id,
            Status = run.Status switch { "SUCCEEDED" => RunStatus.Succeeded, "FAILED" => RunStatus.Failed, _ => RunStatus.Running },
            Started = DateTimeOffset.UnixEpoch.AddSeconds(run.Start),
            Stopped = run.StopAfter is { } after ? DateTimeOffset.UnixEpoch.AddSeconds(run.Start + after) : null,
            Error = run.Error,
            Cause = run.Cause,
            Input = new RunInput("etl", run.Key, run.TraceId, "abc", run.Input),
        },
        ExecutionHistory.Attempts([.. run.Events.Select(Event)]),
        new Trace(TraceState.Found, SegmentTree.Parse(run.Documents), false, ""));

    static HistoryEvent Event(System.Text.Json.Nodes.JsonNode? node)
    {
        var e = node!.AsObject();
        return new HistoryEvent
        {
            Id = (long)e["id"]!,
            PreviousEventId = (long)e["previousEventId"]!,
            Type = new HistoryEventType((string)e["type"]!),
            Timestamp = DateTime.UnixEpoch.AddSeconds((double)e["timestamp"]!),
            StateEnteredEventDetails = Read<StateEnteredEventDetails>("stateEnteredEventDetails"),
            ActivityStartedEventDetails = Read<ActivityStartedEventDetails>("activityStartedEventDetails"),
            ActivitySucceededEventDetails = Read<ActivitySucceededEventDetails>("activitySucceededEventDetails"),
            ActivityFailedEventDetails = Read<ActivityFailedEventDetails>("activityFailedEventDetails"),
            ActivityTimedOutEventDetails = Read<ActivityTimedOutEventDetails>("activityTimedOutEventDetails"),
        };

        T? Read<T>(string member) where T : class => e[member] is { } value ? value.Deserialize<T>(JsonSerializerOptions.Web) : null;
    }
}
