using System.Text.Json.Nodes;

namespace EtlTracing.LocalAws.XRay;

sealed partial class TraceOperations
{
    public JsonObject GetTraceSummaries(JsonObject input) => throw new XRayException("NotImplemented", $"GetTraceSummaries is not part of the local cloud {segments} {input}", 501);
    public JsonObject GetTraceGraph(JsonObject input) => throw new XRayException("NotImplemented", $"GetTraceGraph is not part of the local cloud {segments} {input}", 501);
    public JsonObject GetServiceGraph(JsonObject input) => throw new XRayException("NotImplemented", $"GetServiceGraph is not part of the local cloud {options.Region} {input}", 501);
}
