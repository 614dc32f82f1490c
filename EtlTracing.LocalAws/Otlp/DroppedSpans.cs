using System.Text.Json.Nodes;

namespace EtlTracing.LocalAws.Otlp;

/// <summary>
/// Spans that the collector's awsxray exporter would lose without a word: counted, and the last of them kept with the reason.
/// </summary>
sealed class DroppedSpans(TimeProvider time)
{
    const int MaxListed = 1000;

    readonly Lock _lock = new();
    readonly Queue<JsonObject> _last = new();
    long _count;

    public void Add(string traceId, string spanId, string name, string service, string reason)
    {
        var span = new JsonObject
        {
            ["time"] = time.GetUtcNow().UtcDateTime.ToString("o"),
            ["traceId"] = traceId,
            ["spanId"] = spanId,
            ["name"] = name,
            ["service"] = service,
            ["reason"] = reason,
        };
        lock (_lock)
        {
            _count++;
            _last.Enqueue(span);
            if (_last.Count > MaxListed) _last.Dequeue();
        }
    }

    public JsonObject ToJson()
    {
        lock (_lock) return new JsonObject { ["count"] = _count, ["spans"] = new JsonArray([.. _last.Select(span => span.DeepClone())]) };
    }
}
