using System.Text.Json;
using System.Text.Json.Nodes;

namespace EtlTracing.LocalAws.XRay;

/// <summary>
/// The X-Ray API (https://docs.aws.amazon.com/xray/latest/api/): REST with JSON, everything a POST. The table is the map of
/// what there is; the operations not in it answer NotImplemented by their name.
/// </summary>
public sealed class XRayService
{
    /// <summary>Fifty documents of 64 KB, escaped as JSON strings, and room to spare.</summary>
    const int MaxBody = 16 << 20;

    readonly Dictionary<string, Func<JsonObject, CancellationToken, Task<JsonObject>>> _operations;

    public XRayService(SegmentStore segments, LocalCloudOptions options)
    {
        var traces = new TraceOperations(segments, options);
        var sampling = new SamplingOperations(options);
        _operations = new(StringComparer.Ordinal)
        {
            ["/TraceSegments"] = traces.PutTraceSegmentsAsync,
            ["/Traces"] = Now(traces.BatchGetTraces),
            ["/TraceSummaries"] = Now(traces.GetTraceSummaries),
            ["/TraceGraph"] = Now(traces.GetTraceGraph),
            ["/ServiceGraph"] = Now(traces.GetServiceGraph),
            ["/TelemetryRecords"] = Now(_ => []),
            ["/GetTraceSegmentDestination"] = Now(_ => new JsonObject { ["Destination"] = "XRay", ["Status"] = "ACTIVE" }),
            ["/GetSamplingRules"] = Now(sampling.GetSamplingRules),
            ["/SamplingTargets"] = Now(sampling.GetSamplingTargets),
        };
    }

    public async Task HandleAsync(HttpContext context)
    {
        var path = context.Request.Path.Value ?? "/";
        try
        {
            if (!HttpMethods.IsPost(context.Request.Method) || !_operations.TryGetValue(path, out var operation))
                throw new XRayException("NotImplemented", $"{Operation(path)} is not part of the local cloud", StatusCodes.Status501NotImplemented);
            var answer = await operation(await ReadAsync(context.Request, context.RequestAborted), context.RequestAborted);
            await AnswerAsync(context, StatusCodes.Status200OK, answer);
        }
        catch (XRayException exception)
        {
            context.Response.Headers["x-amzn-ErrorType"] = exception.Code;
            await AnswerAsync(context, exception.Status, new JsonObject { ["Message"] = exception.Message });
        }
        catch (IOException exception) when (!context.RequestAborted.IsCancellationRequested)
        {
            context.Response.Headers["x-amzn-ErrorType"] = "InternalFailure";
            await AnswerAsync(context, StatusCodes.Status500InternalServerError, new JsonObject { ["Message"] = exception.Message });
        }
    }

    /// <summary>Most paths are their operation's name; these are not.</summary>
    static string Operation(string path) => path.TrimStart('/') switch
    {
        "EncryptionConfig" => "GetEncryptionConfig",
        "Groups" => "GetGroups",
        "Insight" => "GetInsight",
        "InsightEvents" => "GetInsightEvents",
        "InsightImpactGraph" => "GetInsightImpactGraph",
        "InsightSummaries" => "GetInsightSummaries",
        "SamplingStatisticSummaries" => "GetSamplingStatisticSummaries",
        "TimeSeriesServiceStatistics" => "GetTimeSeriesServiceStatistics",
        var name => name,
    };

    static Func<JsonObject, CancellationToken, Task<JsonObject>> Now(Func<JsonObject, JsonObject> operation) => (input, _) => Task.FromResult(operation(input));

    static async Task<JsonObject> ReadAsync(HttpRequest request, CancellationToken cancellationToken)
    {
        using var body = new MemoryStream();
        var chunk = new byte[81920];
        for (int read; (read = await request.Body.ReadAsync(chunk, cancellationToken)) > 0;)
        {
            if (body.Length + read > MaxBody) throw new XRayException("RequestEntityTooLarge", $"a request has {MaxBody} bytes at most", StatusCodes.Status413PayloadTooLarge);
            body.Write(chunk, 0, read);
        }
        if (body.Length == 0) return [];
        var bytes = body.GetBuffer().AsSpan(0, (int)body.Length);
        if (!StrictJson.IsText(bytes)) throw new XRayException("SerializationException", "the body is not UTF-8, or has half a character");
        try
        {
            return JsonNode.Parse(bytes, documentOptions: StrictJson.Options) as JsonObject
                ?? throw new XRayException("SerializationException", "the body is not a JSON object");
        }
        catch (JsonException exception)
        {
            throw new XRayException("SerializationException", exception.Message);
        }
    }

    static Task AnswerAsync(HttpContext context, int status, JsonObject body)
    {
        context.Response.StatusCode = status;
        context.Response.ContentType = "application/json";
        context.Response.Headers["x-amzn-RequestId"] = Guid.NewGuid().ToString();
        var bytes = JsonSerializer.SerializeToUtf8Bytes(body);
        context.Response.ContentLength = bytes.Length;
        return context.Response.Body.WriteAsync(bytes, context.RequestAborted).AsTask();
    }
}

/// <summary>An error of the service: its code travels in the header x-amzn-ErrorType.</summary>
sealed class XRayException(string code, string message, int status = StatusCodes.Status400BadRequest) : Exception(message)
{
    public string Code { get; } = code;
    public int Status { get; } = status;

    public static XRayException InvalidRequest(string message) => new("InvalidRequestException", message);
}
