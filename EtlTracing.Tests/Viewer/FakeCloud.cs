using System.Collections.Concurrent;
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Amazon.Runtime;
using Amazon.S3;
using Amazon.StepFunctions;
using Amazon.XRay;
using EtlTracing.Viewer;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace EtlTracing.Tests.Viewer;

/// <summary>Speaks as much of the wire protocols of Step Functions, X-Ray and S3 as the viewer reads, from fabricated runs.</summary>
public sealed class FakeCloud : IAsyncDisposable
{
    readonly WebApplication _app;
    readonly ConcurrentDictionary<string, FabricatedRun> _runs = new();
    readonly ConcurrentDictionary<string, (byte[] Bytes, Dictionary<string, string> Metadata)> _objects = new();

    FakeCloud(WebApplication app) => _app = app;

    /// <summary>Operations that answer AccessDenied: 'ListExecutions', 'BatchGetTraces', 'GetObject'…</summary>
    public ConcurrentDictionary<string, bool> Denied { get; } = new();

    /// <summary>Operations that answer ThrottlingException, after as many calls as the value says.</summary>
    public ConcurrentDictionary<string, int> Throttled { get; } = new();

    /// <summary>The requests of StartExecution.</summary>
    public ConcurrentQueue<JsonObject> Started { get; } = new();
    public ConcurrentQueue<string> Calls { get; } = new();
    public string Url => _app.Urls.First();

    public AwsClients Clients()
    {
        var credentials = new BasicAWSCredentials("test", "test");
        return new AwsClients(
            new AmazonS3Client(credentials, new AmazonS3Config { ServiceURL = Url, ForcePathStyle = true, AuthenticationRegion = "us-east-2", MaxErrorRetry = 0 }),
            new AmazonStepFunctionsClient(credentials, new AmazonStepFunctionsConfig { ServiceURL = Url, AuthenticationRegion = "us-east-2", MaxErrorRetry = 0 }),
            new AmazonXRayClient(credentials, new AmazonXRayConfig { ServiceURL = Url, AuthenticationRegion = "us-east-2", MaxErrorRetry = 0 }));
    }

    public void Put(params IEnumerable<FabricatedRun> runs)
    {
        foreach (var run in runs) _runs[run.Id] = run;
    }

    public void Put(string key, byte[] bytes, Dictionary<string, string>? metadata = null) => _objects[key] = (bytes, metadata ?? []);

    public static async Task<FakeCloud> StartAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        var app = builder.Build();
        var cloud = new FakeCloud(app);
        app.MapPost("/", cloud.WorkflowsAsync);
        app.MapPost("/Traces", cloud.TracesAsync);
        app.MapMethods("/etl/{**key}", ["GET", "HEAD"], cloud.ObjectAsync);
        await app.StartAsync();
        return cloud;
    }

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    async Task WorkflowsAsync(HttpContext context)
    {
        var operation = context.Request.Headers["X-Amz-Target"].ToString().Split('.')[^1];
        Calls.Enqueue(operation);
        var request = (await JsonNode.ParseAsync(context.Request.Body))!.AsObject();
        if (Denied.ContainsKey(operation))
        {
            await JsonAsync(context, new JsonObject { ["__type"] = "AccessDeniedException", ["message"] = "no" }, 400);
            return;
        }
        if (Throttled.TryGetValue(operation, out var allowed) && Throttled.AddOrUpdate(operation, 0, (_, left) => left - 1) < 0 && allowed <= 0)
        {
            await JsonAsync(context, new JsonObject { ["__type"] = "ThrottlingException", ["message"] = "Rate exceeded" }, 400);
            return;
        }
        var run = (string?)request["executionArn"] is { } arn ? _runs.GetValueOrDefault(arn.Split(':')[^1]) : null;
        switch (operation)
        {
            case "ListExecutions":
                var newest = _runs.Values.OrderByDescending(known => known.Start).Take((int?)request["maxResults"] ?? 100);
                await JsonAsync(context, new JsonObject { ["executions"] = new JsonArray([.. newest.Select(Item)]) });
                break;
            case "StartExecution":
                Started.Enqueue(request);
                var again = new FabricatedRun((string)request["name"]!, (string)JsonNode.Parse((string)request["input"]!)!["object_key"]!, DateTimeOffset.UtcNow);
                Put(again);
                await JsonAsync(context, new JsonObject { ["executionArn"] = again.Arn, ["startDate"] = again.Start });
                break;
            case var _ when run is null:
                await JsonAsync(context, new JsonObject { ["__type"] = "ExecutionDoesNotExist", ["message"] = "Execution does not exist" }, 400);
                break;
            case "DescribeExecution":
                var item = Item(run);
                item["input"] = run.Input;
                if (run.TraceHeader is not null) item["traceHeader"] = run.TraceHeader;
                if (run.Output is not null) item["output"] = run.Output.ToJsonString();
                if (run.Error is not null) (item["error"], item["cause"]) = (run.Error, run.Cause);
                await JsonAsync(context, item);
                break;
            case "GetExecutionHistory":
                await JsonAsync(context, new JsonObject { ["events"] = run.Events });
                break;
            default:
                await JsonAsync(context, new JsonObject { ["redriveDate"] = run.Start, ["stopDate"] = run.Start });
                break;
        }
    }

    static JsonObject Item(FabricatedRun run)
    {
        var item = new JsonObject
        {
            ["executionArn"] = run.Arn,
            ["name"] = run.Id,
            ["status"] = run.Status,
            ["startDate"] = run.Start,
            ["stateMachineArn"] = FabricatedRun.StateMachineArn,
        };
        if (run.StopAfter is { } after) item["stopDate"] = run.Start + after;
        return item;
    }

    async Task TracesAsync(HttpContext context)
    {
        Calls.Enqueue("BatchGetTraces");
        if (Denied.ContainsKey("BatchGetTraces"))
        {
            context.Response.Headers["x-amzn-ErrorType"] = "AccessDeniedException";
            await JsonAsync(context, new JsonObject { ["Message"] = "no" }, 403);
            return;
        }
        var ids = (await JsonNode.ParseAsync(context.Request.Body))!["TraceIds"]!.AsArray().Select(id => (string)id!).ToList();
        var traces = _runs.Values.Where(run => ids.Contains(run.TraceId) && run.Documents.Count > 0).Select(run => new JsonObject
        {
            ["Id"] = run.TraceId,
            ["Duration"] = 1.0,
            ["LimitExceeded"] = false,
            ["Segments"] = new JsonArray([.. run.Documents.Select((document, i) => new JsonObject { ["Id"] = i.ToString("x16", CultureInfo.InvariantCulture), ["Document"] = document })]),
        });
        await JsonAsync(context, new JsonObject { ["Traces"] = new JsonArray([.. traces]), ["UnprocessedTraceIds"] = new JsonArray() });
    }

    async Task ObjectAsync(HttpContext context, string key)
    {
        Calls.Enqueue(context.Request.Method + " " + key);
        if (Denied.ContainsKey("GetObject") || !_objects.TryGetValue(key, out var found))
        {
            context.Response.StatusCode = Denied.ContainsKey("GetObject") ? 403 : 404;
            if (context.Request.Method == "GET")
                await context.Response.WriteAsync($"<Error><Code>{(context.Response.StatusCode == 403 ? "AccessDenied" : "NoSuchKey")}</Code><Message>no</Message></Error>");
            return;
        }
        foreach (var (name, value) in found.Metadata) context.Response.Headers["x-amz-meta-" + name] = value;
        context.Response.Headers.ETag = "\"e1-1\"";
        context.Response.Headers.LastModified = "Wed, 18 Mar 2026 14:02:14 GMT";
        var (start, end) = (0, found.Bytes.Length - 1);
        if (context.Request.GetTypedHeaders().Range is { } range)
        {
            var part = range.Ranges.First();
            (start, end) = ((int)part.From!.Value, (int)Math.Min(part.To ?? end, end));
            context.Response.StatusCode = 206;
            context.Response.Headers.ContentRange = $"bytes {start}-{end}/{found.Bytes.Length}";
        }
        context.Response.ContentLength = end - start + 1;
        if (context.Request.Method == "GET") await context.Response.Body.WriteAsync(found.Bytes.AsMemory(start, end - start + 1));
    }

    static Task JsonAsync(HttpContext context, JsonObject body, int status = 200)
    {
        context.Response.StatusCode = status;
        context.Response.ContentType = "application/x-amz-json-1.0";
        return context.Response.WriteAsync(body.ToJsonString(JsonSerializerOptions.Default));
    }
}
