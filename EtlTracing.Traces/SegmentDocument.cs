using System.Text.Json;

namespace EtlTracing.Traces;

/// <summary>Reads X-Ray's segment documents. Tolerant: a document of another producer may lack or add anything.</summary>
static class SegmentDocument
{
    /// <summary>Deeper nesting than any producer writes; a hostile document ends here.</summary>
    const int MaxDepth = 40;

    /// <summary>The document's span and its nested subsegments, or null where it is not one.</summary>
    public static List<Span>? Parse(string document)
    {
        try
        {
            using var json = JsonDocument.Parse(document, new JsonDocumentOptions { MaxDepth = MaxDepth * 3 });
            var spans = new List<Span>();
            return json.RootElement.ValueKind == JsonValueKind.Object && Read(json.RootElement, null, document, spans, 0) ? spans : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    static bool Read(JsonElement element, string? parentId, string document, List<Span> spans, int depth)
    {
        if (Text(element, "id") is not { Length: > 0 } id || Time(element, "start_time") is not { } start) return false;
        if (depth > MaxDepth) return false;
        var end = Time(element, "end_time");
        var inProgress = Flag(element, "in_progress");
        var aws = Child(element, "aws");
        spans.Add(new Span
        {
            Id = id,
            ParentId = parentId ?? (Text(element, "parent_id") is { Length: > 0 } sent && sent != id ? sent : null),
            Name = Text(element, "name") ?? "unnamed",
            IsSegment = parentId is null && Text(element, "type") != "subsegment",
            Start = start,
            End = inProgress ? null : end,
            Origin = Text(element, "origin"),
            Namespace = Text(element, "namespace"),
            AwsOperation = aws is { } block ? Text(block, "operation") : null,
            Inferred = Flag(element, "inferred"),
            Fault = Flag(element, "fault"),
            Error = Flag(element, "error"),
            Throttle = Flag(element, "throttle"),
            Exceptions = Exceptions(element),
            Attributes = Attributes(element),
            Document = document,
        });
        if (Child(element, "subsegments", JsonValueKind.Array) is { } nested)
            foreach (var subsegment in nested.EnumerateArray())
                if (subsegment.ValueKind == JsonValueKind.Object)
                    Read(subsegment, id, "", spans, depth + 1);
        return true;
    }

    static List<SpanException> Exceptions(JsonElement element)
    {
        var list = new List<SpanException>();
        if (Child(element, "cause") is { } cause && Child(cause, "exceptions", JsonValueKind.Array) is { } exceptions)
            foreach (var exception in exceptions.EnumerateArray())
                if (exception.ValueKind == JsonValueKind.Object)
                    list.Add(new SpanException(Text(exception, "type") ?? "", Text(exception, "message") ?? "", Stack(exception)));
        return list;
    }

    static List<string> Stack(JsonElement exception)
    {
        var lines = new List<string>();
        if (Child(exception, "stack", JsonValueKind.Array) is { } frames)
            foreach (var frame in frames.EnumerateArray())
                if (frame.ValueKind == JsonValueKind.Object)
                    lines.Add($"{Text(frame, "label")} {Text(frame, "path")}:{Scalar(frame, "line")}".Trim());
        return lines;
    }

    static Dictionary<string, string> Attributes(JsonElement element)
    {
        var attributes = new Dictionary<string, string>(StringComparer.Ordinal);
        if (Child(element, "metadata") is { } metadata && Child(metadata, "default") is { } plain) Add(plain);
        if (Child(element, "annotations") is { } annotations) Add(annotations);
        return attributes;

        void Add(JsonElement block)
        {
            foreach (var property in block.EnumerateObject())
                attributes[property.Name] = property.Value.ValueKind == JsonValueKind.String ? property.Value.GetString()! : property.Value.GetRawText();
        }
    }

    static DateTimeOffset? Time(JsonElement element, string name)
    {
        if (!element.TryGetProperty(name, out var value) || value.ValueKind != JsonValueKind.Number) return null;
        // Seconds since 1970 with up to seven digits: a decimal keeps each of them, a double does not.
        return value.TryGetDecimal(out var seconds) && seconds is > 0 and < 100_000_000_000
            ? DateTimeOffset.UnixEpoch.AddTicks((long)(seconds * TimeSpan.TicksPerSecond))
            : null;
    }

    static JsonElement? Child(JsonElement element, string name, JsonValueKind kind = JsonValueKind.Object) =>
        element.TryGetProperty(name, out var child) && child.ValueKind == kind ? child : null;

    static string? Text(JsonElement element, string name) =>
        element.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;

    static string? Scalar(JsonElement element, string name) => element.TryGetProperty(name, out var value) ? value.ToString() : null;

    static bool Flag(JsonElement element, string name) => element.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.True;
}
