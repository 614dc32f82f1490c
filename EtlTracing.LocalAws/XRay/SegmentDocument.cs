using System.Diagnostics.CodeAnalysis;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace EtlTracing.LocalAws.XRay;

/// <summary>One document as it was sent, with the fields that the store needs to place it.</summary>
public sealed record SegmentDocument(string TraceId, string Id, bool IsComplete, double Start, double End, byte[] Json)
{
    /// <summary>https://docs.aws.amazon.com/xray/latest/devguide/xray-api-segmentdocuments.html</summary>
    public const int MaxBytes = 64 * 1024;
    const int MaxName = 200;

    /// <summary>Checks the document as PutTraceSegments does, but for the age of its trace id.</summary>
    public static bool TryParse(byte[] json, [NotNullWhen(true)] out SegmentDocument? document, [NotNullWhen(false)] out InvalidSegment? invalid)
    {
        document = null;
        string? id = null;
        string? code;
        try
        {
            if (!StrictJson.IsText(json)) throw new JsonException();
            using var parsed = JsonDocument.Parse(json, StrictJson.Options);
            code = Check(parsed.RootElement, json, out id, out document);
        }
        catch (JsonException)
        {
            code = InvalidSegment.ParseError;
        }
        invalid = code is null ? null : new InvalidSegment(id, code);
        return code is null;
    }

    /// <summary>A document made here, where only its id and its size can be wrong.</summary>
    internal static bool TryMake(JsonObject segment, [NotNullWhen(true)] out SegmentDocument? document, [NotNullWhen(false)] out InvalidSegment? invalid)
    {
        var json = JsonSerializer.SerializeToUtf8Bytes(segment);
        var id = segment.Text("id");
        invalid = id is null ? new InvalidSegment(null, InvalidSegment.MissingId) : json.Length > MaxBytes ? new InvalidSegment(id, InvalidSegment.TooLarge) : null;
        document = invalid is null ? new SegmentDocument(segment.Text("trace_id")!, id!, IsComplete: true, segment.Start(), segment.End()!.Value, json) : null;
        return document is not null;
    }

    static string? Check(JsonElement root, byte[] json, out string? id, out SegmentDocument? document)
    {
        document = null;
        id = null;
        if (root.ValueKind is JsonValueKind.Array) return InvalidSegment.MissingId;
        if (root.ValueKind is not JsonValueKind.Object) return InvalidSegment.ParseError;
        id = Text(root, "id");
        if (id is null) return InvalidSegment.MissingId;
        if (!XRay.TraceId.IsSegmentId(id)) return InvalidSegment.InvalidId;
        if (json.Length > MaxBytes) return InvalidSegment.TooLarge;
        var trace = Text(root, "trace_id");
        if (trace is null) return InvalidSegment.MissingTraceId;
        if (!XRay.TraceId.IsValid(trace)) return InvalidSegment.InvalidTraceId;
        if (Text(root, "name") is not { Length: > 0 } name) return InvalidSegment.MissingName;
        if (name.Length > MaxName) return InvalidSegment.InvalidName;
        if (Number(root, "start_time") is not { } start) return InvalidSegment.MissingStartTime;
        if (root.TryGetProperty("type", out var type) && type.ValueKind == JsonValueKind.String && type.ValueEquals("subsegment") && !XRay.TraceId.IsSegmentId(Text(root, "parent_id")))
            return InvalidSegment.MissingParentId;
        var end = Number(root, "end_time");
        if (end is null && !(root.TryGetProperty("in_progress", out var progress) && progress.ValueKind == JsonValueKind.True))
            return InvalidSegment.MissingEndTime;
        document = new SegmentDocument(trace.ToLowerInvariant(), id.ToLowerInvariant(), end is not null, start, end ?? start, json);
        return null;
    }

    static string? Text(JsonElement root, string name) =>
        root.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;

    static double? Number(JsonElement root, string name) =>
        root.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.Number && value.TryGetDouble(out var number) && double.IsFinite(number) ? number : null;
}

/// <summary>Why a document was refused: one of PutTraceSegments' UnprocessedTraceSegments.</summary>
public sealed record InvalidSegment(string? Id, string Code)
{
    // The first three are on record from AWS; the others follow their pattern. ASSUMPTIONS XRAY-003
    public const string ParseError = "ParseError";
    public const string MissingId = "MissingId";
    public const string InvalidTraceId = "InvalidTraceId";
    public const string InvalidId = "InvalidId";
    public const string InvalidName = "InvalidName";
    public const string MissingEndTime = "MissingEndTime";
    public const string MissingName = "MissingName";
    public const string MissingParentId = "MissingParentId";
    public const string MissingStartTime = "MissingStartTime";
    public const string MissingTraceId = "MissingTraceId";
    public const string TooLarge = "SegmentTooLarge";

    public string Message => $"Invalid segment. ErrorCode: {Code}";
}
