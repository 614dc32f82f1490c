using System.Text.Json.Nodes;
using EtlTracing.LocalAws.Otlp.Wire;
using EtlTracing.LocalAws.XRay;
using Google.Protobuf;

namespace EtlTracing.LocalAws.Otlp;

/// <summary>
/// The local cloud's own segments as spans for the OTLP back end. They go straight there: through a collector with the
/// awsxray exporter they would come back and overwrite the native segments.
/// </summary>
static class OwnSpans
{
    public static OtlpRequest From(JsonObject segment)
    {
        var scope = new ScopeSpans { Scope = new Scope { Name = "EtlTracing.LocalAws" } };
        var traceId = ByteString.CopyFrom(TraceId.ToBytes(segment.Text("trace_id")!));
        Add(scope, segment, traceId, segment.Text("parent_id"), Span.Types.SpanKind.Server);
        var resource = new Resource();
        resource.Attributes.Add(Attribute("service.name", segment.Text("name") ?? ""));
        var request = new TracesRequest { ResourceSpans = { new ResourceSpans { Resource = resource, ScopeSpans = { scope } } } };
        return new OtlpRequest(OtlpSignal.Traces, request.ToByteArray(), IsJson: false);
    }

    static void Add(ScopeSpans scope, JsonObject entity, ByteString traceId, string? parentId, Span.Types.SpanKind kind)
    {
        var id = entity.Text("id");
        if (!TraceId.IsSegmentId(id)) return;
        var span = new Span
        {
            TraceId = traceId,
            SpanId = ByteString.CopyFrom(Convert.FromHexString(id)),
            Name = entity.Text("name") ?? "",
            Kind = kind,
            StartTimeUnixNano = Nanoseconds(entity.Start()),
            // A subsegment that was still open when its segment ended, ended with it.
            EndTimeUnixNano = Nanoseconds(entity.End() ?? entity.Start()),
            Flags = 1,
        };
        if (TraceId.IsSegmentId(parentId)) span.ParentSpanId = ByteString.CopyFrom(Convert.FromHexString(parentId));
        foreach (var (key, value) in entity.Block("annotations") ?? [])
            if (value is JsonValue scalar) span.Attributes.Add(Attribute(key, scalar));
        foreach (var (key, value) in entity.Block("aws") ?? [])
            if (value is JsonValue scalar) span.Attributes.Add(Attribute("aws." + key, scalar));
        AddFailure(span, entity);
        scope.Spans.Add(span);
        foreach (var child in entity.Subsegments()) Add(scope, child, traceId, id, Span.Types.SpanKind.Internal);
    }

    static void AddFailure(Span span, JsonObject entity)
    {
        if (!entity.Flag("error") && !entity.Flag("fault") && !entity.Flag("throttle")) return;
        span.Status = new Status { Code = Status.Types.StatusCode.Error };
        foreach (var exception in (entity.Block("cause")?["exceptions"] as JsonArray)?.OfType<JsonObject>() ?? [])
        {
            var type = exception.Text("type") ?? "";
            var message = exception.Text("message") ?? "";
            if (span.Status.Message.Length == 0) span.Status.Message = message.Length > 0 ? message : type;
            span.Events.Add(new Span.Types.Event
            {
                Name = "exception",
                TimeUnixNano = span.EndTimeUnixNano,
                Attributes = { Attribute("exception.type", type), Attribute("exception.message", message) },
            });
        }
    }

    static KeyValue Attribute(string key, JsonValue value)
    {
        var any = new AnyValue();
        if (value.TryGetValue(out string? text)) any.StringValue = text;
        else if (value.TryGetValue(out bool flag)) any.BoolValue = flag;
        else if (value.TryGetValue(out long integer)) any.IntValue = integer;
        else if (value.TryGetValue(out double number)) any.DoubleValue = number;
        return new KeyValue { Key = key, Value = any };
    }

    static KeyValue Attribute(string key, string value) => new() { Key = key, Value = new AnyValue { StringValue = value } };

    /// <summary>Through microseconds, which is all that a double holds of today's seconds.</summary>
    static ulong Nanoseconds(double seconds) => (ulong)Math.Max(0, Math.Round(seconds * 1e6)) * 1000;
}
