using System.Text.Json;
using EtlTracing.LocalAws.S3;
using EtlTracing.LocalAws.XRay;

namespace EtlTracing.LocalAws.Faults;

/// <summary>Does to requests what the rules in force say, in front of the services. An answer that it touched says so in <c>x-localaws-fault</c>.</summary>
sealed class FaultInjection(FaultSet faults, S3Service s3, SegmentStore segments, TimeProvider time)
{
    public const string Header = "x-localaws-fault";

    public async Task RunAsync(HttpContext context, Func<Task> next)
    {
        if (faults.IsEmpty)
        {
            await next();
            return;
        }
        var (service, operation, key) = Describe(context);
        if (faults.Pick(service, operation, key) is not { } rule)
        {
            await next();
            return;
        }
        var start = time.GetUtcNow();
        var trace = context.Request.Headers["X-Amzn-Trace-Id"].ToString();
        faults.Add(new FaultRecord(start, rule.Kind, service, operation, key, trace.Length > 0 ? trace : null));
        context.Response.Headers[Header] = rule.Kind.ToString();
        if (rule.Kind == FaultKind.Delay) await Task.Delay(TimeSpan.FromMilliseconds(rule.DelayMilliseconds), time, context.RequestAborted);
        // Before the answer, so that whoever has seen that sees this.
        if (FaultSegment.Of(trace, rule.Kind, operation, start, time.GetUtcNow()) is { } segment) await segments.PutAsync(segment);
        await StrikeAsync(context, rule, service, next);
    }

    async Task StrikeAsync(HttpContext context, FaultRule rule, string service, Func<Task> next)
    {
        switch (rule.Kind)
        {
            case FaultKind.Delay:
                await next();
                break;
            case FaultKind.Fail when service == ServiceName.S3:
                await s3.RefuseAsync(context, new S3Exception(rule.Status, rule.Code ?? (rule.Status == 503 ? "SlowDown" : "InternalError"), "Please reduce your request rate."));
                break;
            case FaultKind.Fail:
                await RefuseJsonAsync(context, rule);
                break;
            case FaultKind.Cut:
                context.Abort();
                break;
            case FaultKind.CutAfter:
                // The answer goes nowhere; its sender doesn't know.
                context.Response.Body = Stream.Null;
                await next();
                context.Abort();
                break;
            default: throw new InvalidOperationException($"no such fault: {rule.Kind}");
        }
    }

    (string Service, string Operation, string Key) Describe(HttpContext context)
    {
        var request = context.Request;
        var service = ServiceName.Of(request);
        return service switch
        {
            ServiceName.StepFunctions => (service, request.Headers["X-Amz-Target"].ToString().Split('.')[^1], ""),
            ServiceName.XRay => (service, XRayOperation(request.Path.Value ?? ""), ""),
            _ => s3.Describe(context) is var (operation, key) ? (service, operation, key) : (service, "", ""),
        };
    }

    /// <summary>X-Ray's paths name its operations, these three aside.</summary>
    static string XRayOperation(string path) => path switch
    {
        "/TraceSegments" => "PutTraceSegments",
        "/Traces" => "BatchGetTraces",
        "/TelemetryRecords" => "PutTelemetryRecords",
        "/TraceSummaries" or "/TraceGraph" or "/ServiceGraph" => "Get" + path[1..],
        "/SamplingTargets" => "GetSamplingTargets",
        _ => path.TrimStart('/'),
    };

    static Task RefuseJsonAsync(HttpContext context, FaultRule rule)
    {
        var code = rule.Code ?? (rule.Status == 503 ? "ServiceUnavailable" : rule.Status == 400 ? "ThrottlingException" : "InternalFailure");
        context.Response.StatusCode = rule.Status;
        context.Response.Headers["x-amzn-ErrorType"] = code;
        context.Response.ContentType = "application/x-amz-json-1.0";
        return context.Response.WriteAsync(JsonSerializer.Serialize(new Dictionary<string, string> { ["__type"] = code, ["message"] = "A fault that was asked for." }), context.RequestAborted);
    }
}
