using System.Text;
using System.Text.Json.Nodes;

namespace EtlTracing.LocalAws.XRay;

/// <summary>The operations on traces.</summary>
sealed partial class TraceOperations(SegmentStore segments, LocalCloudOptions options)
{
    /// <summary>https://docs.aws.amazon.com/xray/latest/api/API_BatchGetTraces.html</summary>
    const int MaxTraceIds = 5;

    public async Task<JsonObject> PutTraceSegmentsAsync(JsonObject input, CancellationToken cancellationToken)
    {
        if (input["TraceSegmentDocuments"] is not JsonArray sent) throw XRayException.InvalidRequest("TraceSegmentDocuments is required");
        var documents = new List<SegmentDocument>(sent.Count);
        var refused = new List<InvalidSegment>();
        foreach (var element in sent)
        {
            if (element is not JsonValue value || !value.TryGetValue(out string? json)) throw new XRayException("SerializationException", "TraceSegmentDocuments holds strings");
            if (SegmentDocument.TryParse(Encoding.UTF8.GetBytes(json), out var document, out var invalid)) documents.Add(document);
            else refused.Add(invalid);
        }
        refused.AddRange(await segments.PutAsync(documents, cancellationToken));
        return new JsonObject { ["UnprocessedTraceSegments"] = new JsonArray([.. refused.Select(Unprocessed)]) };
    }

    static JsonObject Unprocessed(InvalidSegment segment)
    {
        var unprocessed = new JsonObject { ["ErrorCode"] = segment.Code, ["Message"] = segment.Message };
        if (segment.Id is not null) unprocessed["Id"] = segment.Id;
        return unprocessed;
    }

    public JsonObject BatchGetTraces(JsonObject input)
    {
        var traces = new JsonArray();
        var unprocessed = new JsonArray();
        foreach (var id in TraceIds(input))
        {
            if (segments.Find(id) is { } stored) traces.Add(Trace(CompiledTrace.Of(stored)));
            else unprocessed.Add(id);
        }
        return new JsonObject { ["Traces"] = traces, ["UnprocessedTraceIds"] = unprocessed };
    }

    static JsonObject Trace(CompiledTrace trace)
    {
        var documents = new JsonArray();
        foreach (var segment in trace.Segments) documents.Add(new JsonObject { ["Id"] = segment.Text("id"), ["Document"] = segment.ToJsonString() });
        var answer = new JsonObject { ["Id"] = trace.Id };
        // Traces of which only subsegments came have no duration: on record from AWS as null, with no segments.
        if (trace.Duration is { } duration) answer["Duration"] = duration;
        answer["LimitExceeded"] = trace.LimitExceeded;
        answer["Segments"] = documents;
        return answer;
    }

    static List<string> TraceIds(JsonObject input)
    {
        if (input["TraceIds"] is not JsonArray ids) throw XRayException.InvalidRequest("TraceIds is required");
        if (ids.Count > MaxTraceIds) throw XRayException.InvalidRequest($"TraceIds has {ids.Count} elements, {MaxTraceIds} at most are allowed");
        var texts = new List<string>(ids.Count);
        foreach (var element in ids)
            texts.Add(element is JsonValue value && value.TryGetValue(out string? id) ? id : throw new XRayException("SerializationException", "TraceIds holds strings"));
        return [.. texts.Distinct()];
    }
}
