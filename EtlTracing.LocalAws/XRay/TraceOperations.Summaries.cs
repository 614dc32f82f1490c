using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using EtlTracing.LocalAws.XRay.Filters;

namespace EtlTracing.LocalAws.XRay;

sealed partial class TraceOperations
{
    /// <summary>Traces that one call reads; the rest comes with the next token.</summary>
    const int PageSize = 500;
    const double MaxRangeSeconds = 24 * 3600;

    public JsonObject GetTraceSummaries(JsonObject input)
    {
        var (start, end) = Range(input);
        if (end - start > MaxRangeSeconds) throw XRayException.InvalidRequest("Time range cannot be longer than 24 hours");
        var range = input.Text("TimeRangeType") ?? "TraceId";
        if (range is not ("TraceId" or "Event" or "Service")) throw XRayException.InvalidRequest($"TimeRangeType '{range}' is none of TraceId, Event, Service");
        var filter = input.Text("FilterExpression") is { Length: > 0 } expression ? FilterExpression.Parse(expression) : _ => true;
        var isSampled = Sampling(input);

        var page = segments.Range(start, end, range == "TraceId", After(input), PageSize);
        var summaries = new JsonArray();
        foreach (var stored in page.Traces.Where(stored => isSampled(stored.Id)))
        {
            var summary = new TraceSummary(CompiledTrace.Of(stored));
            if (filter(summary)) summaries.Add(summary.ToJson(options.Account));
        }
        var answer = new JsonObject
        {
            ["TraceSummaries"] = summaries,
            ["ApproximateTime"] = options.Time.GetUtcNow().ToUnixTimeSeconds(),
            ["TracesProcessedCount"] = page.Traces.Count,
        };
        if (!page.IsLast) answer["NextToken"] = Token(page.Traces[^1].Id);
        return answer;
    }

    public JsonObject GetTraceGraph(JsonObject input)
    {
        var graph = new ServiceGraph(options.Account);
        foreach (var id in TraceIds(input))
            if (segments.Find(id) is { } stored) graph.Add(new TraceSummary(CompiledTrace.Of(stored)));
        return new JsonObject { ["Services"] = graph.ToJson() };
    }

    public JsonObject GetServiceGraph(JsonObject input)
    {
        var (start, end) = Range(input);
        if ((input.Text("GroupName") ?? input.Text("GroupARN")) is { } group && group != "Default" && !group.EndsWith(":group/Default", StringComparison.Ordinal))
            throw XRayException.InvalidRequest($"Group not found: {group}");
        var graph = new ServiceGraph(options.Account);
        TracePage? page = null;
        do
        {
            page = segments.Range(start, end, byTraceId: false, page?.Traces[^1].Id ?? "", PageSize);
            foreach (var stored in page.Traces) graph.Add(new TraceSummary(CompiledTrace.Of(stored)));
        }
        while (!page.IsLast);
        return new JsonObject { ["StartTime"] = start, ["EndTime"] = end, ["Services"] = graph.ToJson(), ["ContainsOldGroupVersions"] = false };
    }

    static (double Start, double End) Range(JsonObject input)
    {
        var start = input.Number("StartTime") ?? throw XRayException.InvalidRequest("StartTime is required, as seconds since 1970");
        var end = input.Number("EndTime") ?? throw XRayException.InvalidRequest("EndTime is required, as seconds since 1970");
        return start <= end ? (start, end) : throw XRayException.InvalidRequest("StartTime must not be after EndTime");
    }

    /// <summary>FixedRate keeps the same traces on each call; PartialScan has nothing to save here.</summary>
    static Func<string, bool> Sampling(JsonObject input)
    {
        if (!input.Flag("Sampling") || input.Block("SamplingStrategy") is not { } strategy || strategy.Text("Name") != "FixedRate") return _ => true;
        var rate = strategy.Number("Value") ?? 1;
        if (rate is < 0 or > 1) throw XRayException.InvalidRequest("SamplingStrategy's Value is between 0 and 1");
        return id => SHA256.HashData(Encoding.ASCII.GetBytes(id))[0] < rate * 256;
    }

    static string Token(string traceId) => Convert.ToBase64String(Encoding.ASCII.GetBytes(traceId));

    static string After(JsonObject input)
    {
        if (input.Text("NextToken") is not { Length: > 0 } token) return "";
        var bytes = new byte[token.Length];
        if (Convert.TryFromBase64String(token, bytes, out var length) && Encoding.ASCII.GetString(bytes, 0, length) is var id && TraceId.IsValid(id)) return id;
        throw XRayException.InvalidRequest("NextToken is none that was given out");
    }
}
