using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;

namespace EtlTracing.LocalAws.XRay;

/// <summary>
/// What X-Ray adds for a downstream service that sends no segment of its own: the call as its caller's subsegment saw it
/// (https://docs.aws.amazon.com/xray/latest/devguide/xray-concepts.html#xray-concepts-subsegments).
/// </summary>
static class InferredSegment
{
    // What AWS's published traces show on inferred segments; annotations and metadata stay with the caller.
    static readonly string[] s_copied = ["name", "start_time", "end_time", "in_progress", "fault", "error", "throttle", "cause", "http", "aws"];

    public static List<JsonObject> For(CompiledTrace trace)
    {
        var answered = trace.Segments.Select(segment => segment.Text("parent_id")).ToHashSet();
        var inferred = new List<JsonObject>();
        foreach (var segment in trace.Segments)
            foreach (var subsegment in segment.WithDescendants().Skip(1))
                if (subsegment.Text("namespace") is "aws" or "remote" && subsegment.Text("id") is { } id && !answered.Contains(id) && !IsTraced(subsegment))
                    inferred.Add(From(subsegment, id, trace.Id));
        inferred.Sort((a, b) => a.Start().CompareTo(b.Start()));
        return inferred;
    }

    /// <summary>The caller says that the service will send its own segment: without one the trace is incomplete.</summary>
    public static bool IsTraced(JsonObject subsegment) => subsegment.Block("http")?.Block("request")?.Flag("traced") == true;

    static JsonObject From(JsonObject subsegment, string id, string traceId)
    {
        var segment = new JsonObject { ["id"] = Id(traceId, id) };
        foreach (var name in s_copied)
            if (subsegment[name] is { } value) segment[name] = value.DeepClone();
        segment["trace_id"] = traceId;
        segment["parent_id"] = id;
        segment["inferred"] = true;
        if (Origin(subsegment) is { } origin) segment["origin"] = origin;
        return segment;
    }

    /// <summary>The same on each read, so that a reader can hold on to it.</summary>
    static string Id(string traceId, string id) => Convert.ToHexStringLower(SHA256.HashData(Encoding.ASCII.GetBytes($"{traceId}/{id}")).AsSpan(0, 8));

    /// <summary>The type of the called resource; null for what is not AWS. ASSUMPTIONS XRAY-005</summary>
    static string? Origin(JsonObject subsegment)
    {
        if (subsegment.Text("namespace") != "aws") return null;
        var name = subsegment.Text("name") ?? "";
        var aws = subsegment.Block("aws");
        return name switch
        {
            "DynamoDB" when aws?.Text("table_name") is not null || aws?["resource_names"] is not null => "AWS::DynamoDB::Table",
            "SQS" when aws?.Text("queue_url") is not null => "AWS::SQS::Queue",
            _ => "AWS::" + name,
        };
    }
}
