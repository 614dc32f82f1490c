using System.Diagnostics;
using System.Text.Json;

namespace EtlTracing.Aws.Traces;

/// <summary>What a parent can be, nearest first.</summary>
enum ParentRung { NestedSegment, NestedCall, State, Workflow, Input }

/// <summary>Looks for a state's newest attempt in a trace's segment documents.</summary>
static class StateTree
{
    const string StateMachineOrigin = "AWS::StepFunctions::StateMachine";

    /// <summary>Clocks of one service, but rounded differently in X-Ray and in the context object.</summary>
    const double Tolerance = 0.1;

    public static (ActivitySpanId Id, ParentRung Rung, bool Sure)? Find(IReadOnlyList<string> documents, ParentQuery query)
    {
        var all = documents.Select(document => JsonDocument.Parse(document)).ToList();
        try
        {
            var segments = all.ConvertAll(document => document.RootElement);
            var workflows = segments.Where(segment => Text(segment, "origin") == StateMachineOrigin).ToList();
            var mine = workflows.Where(segment => query.Execution is not null && Text(Member(segment, "aws"), "execution_arn") == query.Execution).ToList();
            if (mine.Count == 0) mine = workflows;
            if (mine.Count == 0) return null;

            var visits = mine.SelectMany(Descendants).Concat(Independent(segments, mine))
                .Where(part => Text(part, "name") == query.State && Id(part) is not null).ToList();
            var entered = query.Entered is { } moment ? (moment - DateTimeOffset.UnixEpoch).TotalSeconds - Tolerance : 0;
            var recent = visits.Where(part => Start(part) >= entered).ToList();
            var newest = (recent.Count > 0 ? recent : visits).OrderBy(IsInProgress).ThenBy(Start).LastOrDefault();
            if (newest.ValueKind == JsonValueKind.Undefined)
                return (Id(mine.OrderBy(Start).Last())!.Value, ParentRung.Workflow, false);

            if (Nested(newest, segments) is { } nested) return (nested.Id, nested.Rung, true);
            // An earlier attempt's subsegment may be all that X-Ray shows yet: then this attempt's is still to come.
            var sure = query.Activity && IsInProgress(newest) && recent.Count > query.Retry;
            return (Id(newest)!.Value, ParentRung.State, sure);
        }
        finally
        {
            all.ForEach(document => document.Dispose());
        }
    }

    /// <summary>A call of another service under the state: its own segment if it sent one (told by the request id), else the call.</summary>
    static (ActivitySpanId Id, ParentRung Rung)? Nested(JsonElement state, List<JsonElement> segments)
    {
        foreach (var call in Descendants(state))
        {
            if (Text(Member(call, "aws"), "request_id") is not { } request || Id(call) is not { } id) continue;
            foreach (var segment in segments)
                if (Text(Member(segment, "aws"), "request_id") == request && Text(segment, "type") != "subsegment" && Id(segment) is { } own) return (own, ParentRung.NestedSegment);
            return (id, ParentRung.NestedCall);
        }
        return null;
    }

    static IEnumerable<JsonElement> Descendants(JsonElement part)
    {
        if (Member(part, "subsegments") is not { ValueKind: JsonValueKind.Array } children) yield break;
        foreach (var child in children.EnumerateArray())
        {
            yield return child;
            foreach (var descendant in Descendants(child)) yield return descendant;
        }
    }

    /// <summary>Subsegments may also come as documents of their own.</summary>
    static IEnumerable<JsonElement> Independent(List<JsonElement> segments, List<JsonElement> workflows)
    {
        var parents = workflows.Select(workflow => Text(workflow, "id")).ToHashSet();
        foreach (var part in segments)
            if (Text(part, "type") == "subsegment" && parents.Contains(Text(part, "parent_id")))
            {
                yield return part;
                foreach (var descendant in Descendants(part)) yield return descendant;
            }
    }

    static bool IsInProgress(JsonElement part) => Member(part, "in_progress") is { ValueKind: JsonValueKind.True };

    static double Start(JsonElement part) => Member(part, "start_time") is { ValueKind: JsonValueKind.Number } time ? time.GetDouble() : 0;

    static ActivitySpanId? Id(JsonElement part) => XRayHeader.ParseSpanId(Text(part, "id"));

    static string? Text(JsonElement? parent, string name) => Member(parent, name) is { ValueKind: JsonValueKind.String } text ? text.GetString() : null;

    static JsonElement? Member(JsonElement? parent, string name) =>
        parent is { ValueKind: JsonValueKind.Object } value && value.TryGetProperty(name, out var member) ? member : null;
}
