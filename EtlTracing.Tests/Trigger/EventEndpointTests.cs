using System.Diagnostics;
using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using EtlTracing.Aws;
using EtlTracing.Tests.Support;
using EtlTracing.Trigger;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace EtlTracing.Tests.Trigger;

public sealed class EventEndpointTests : IAsyncLifetime
{
    const string Header = "Root=1-69210000-00000000000000000000abcd";

    readonly RecordedSpans _spans = new();
    readonly HttpClient _http = new();
    ScriptedServer _workflows = null!;
    WebApplication _app = null!;
    (int Status, string Json) _answer = (200, """{"executionArn":"arn:e","startDate":1.5}""");

    public async Task InitializeAsync()
    {
        SdkTracing.Enable();
        _workflows = await ScriptedServer.StartAsync(_ => _answer);
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Services.AddSingleton(_spans.Telemetry);
        builder.Services.AddSingleton(new RunStarter(_workflows.StepFunctions(), "arn:aws:states:us-east-2:000000000000:stateMachine:etl-workflow", NullLogger<RunStarter>.Instance));
        _app = builder.Build();
        _app.MapEvents();
        await _app.StartAsync();
        _http.BaseAddress = new Uri(_app.Urls.Single());
    }

    public async Task DisposeAsync()
    {
        _http.Dispose();
        await _app.DisposeAsync();
        await _workflows.DisposeAsync();
        _spans.Dispose();
    }

    [Fact]
    public async Task AnUploadStartsItsRunInTheHeadersTrace()
    {
        var trace = ActivityTraceId.CreateFromString("6921000000000000000000000000abcd");

        Assert.Equal(HttpStatusCode.OK, await PostAsync(UploadEventTests.Put, Header));

        // Exported before the answer, since a frozen process exports nothing.
        var spans = _spans.Of(trace);
        Assert.Equal([("S3 ObjectCreated", ActivityKind.Server, default), ("SFN.StartExecution", ActivityKind.Client, spans[0].SpanId)],
            spans.Select(span => (span.DisplayName, span.Kind, span.ParentSpanId)));
        var request = Assert.Single(_workflows.Requests);
        Assert.Equal($"Root=1-69210000-00000000000000000000abcd;Parent={spans[1].SpanId};Sampled=1", request.Headers["X-Amzn-Trace-Id"]);
        var body = JsonNode.Parse(request.Body)!;
        Assert.Equal(spans[0].GetTagItem("etl.run"), (string?)body["name"]);
        Assert.Equal("arn:aws:states:us-east-2:000000000000:stateMachine:etl-workflow", (string?)body["stateMachineArn"]);
        Assert.Equal(
            $$"""{"bucket_name":"etl","object_key":"input/a b\u002Bc.csv","trace_id":"1-69210000-00000000000000000000abcd","parent_id":"{{spans[1].SpanId}}","sampled":true,"version_id":null,"etag":"e1","sequencer":"0055AED6DCD90281E5"}""",
            (string?)body["input"]);
    }

    [Fact]
    public async Task ASecondDeliveryNamesTheSameExecutionAndIsASuccess()
    {
        await PostAsync(UploadEventTests.Put, Header);
        _answer = (400, """{"__type":"ExecutionAlreadyExists","message":"Execution Already Exists: 'arn:e'"}""");

        Assert.Equal(HttpStatusCode.OK, await PostAsync(UploadEventTests.Put, Header));

        Assert.Single(_workflows.Requests.Select(request => (string?)JsonNode.Parse(request.Body)!["name"]).Distinct());
        Assert.All(_spans.Of(ActivityTraceId.CreateFromString("6921000000000000000000000000abcd")), span => Assert.Equal(ActivityStatusCode.Unset, span.Status));
    }

    [Fact]
    public async Task SeveralUploadsInOneEventHaveATraceEachAndTheSameOnesNextTime()
    {
        var record = JsonNode.Parse(UploadEventTests.Put)!["Records"]![0]!;
        var second = record.DeepClone();
        second["s3"]!["object"]!["key"] = "input/second.csv";
        var body = new JsonObject { ["Records"] = new JsonArray(record.DeepClone(), second) }.ToJsonString();

        await PostAsync(body, Header);
        await PostAsync(body, Header);

        var traces = _workflows.Requests.Select(request => (string)JsonNode.Parse((string)JsonNode.Parse(request.Body)!["input"]!)!["trace_id"]!).ToArray();
        Assert.Equal(4, traces.Length);
        Assert.Equal("1-69210000-00000000000000000000abcd", traces[0]);
        Assert.Equal(traces[..2], traces[2..]);
        Assert.StartsWith("1-69210000-", traces[1], StringComparison.Ordinal);
        var derived = _spans.Of(ActivityTraceId.CreateFromString(traces[1].Replace("-", "", StringComparison.Ordinal).AsSpan(1)));
        Assert.Equal("6921000000000000000000000000abcd", Assert.Single(derived[0].Links).Context.TraceId.ToHexString());
    }

    [Theory]
    [InlineData(Header + ";Sampled=0", false)]
    [InlineData(Header + ";Parent=53995c3f42cd8ad8;Sampled=0", false)]
    [InlineData(Header + ";Parent=53995c3f42cd8ad8;Sampled=1", true)]
    public async Task TheHeadersDecisionIsPassedOn(string header, bool sampled)
    {
        await PostAsync(UploadEventTests.Put, header);

        var request = Assert.Single(_workflows.Requests);
        Assert.EndsWith($";Sampled={(sampled ? 1 : 0)}", request.Headers["X-Amzn-Trace-Id"].ToString(), StringComparison.Ordinal);
        Assert.StartsWith("Root=1-69210000-00000000000000000000abcd;", request.Headers["X-Amzn-Trace-Id"].ToString(), StringComparison.Ordinal);
        Assert.Equal(sampled, (bool)JsonNode.Parse((string)JsonNode.Parse(request.Body)!["input"]!)!["sampled"]!);
    }

    [Fact]
    public async Task ATraceparentIsNotRead()
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/events") { Content = new StringContent(UploadEventTests.Put) };
        request.Headers.Add("traceparent", "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01");

        using var response = await _http.SendAsync(request);

        Assert.DoesNotContain("0af76519", _workflows.Requests[0].Headers["X-Amzn-Trace-Id"].ToString(), StringComparison.Ordinal);
        Assert.Matches("^Root=1-[0-9a-f]{8}-[0-9a-f]{24};Parent=[0-9a-f]{16};Sampled=1$", _workflows.Requests[0].Headers["X-Amzn-Trace-Id"].ToString());
    }

    [Fact]
    public async Task AFailureIsAnErrorSpanAndAsksForAnotherDelivery()
    {
        _answer = (400, """{"__type":"StateMachineDoesNotExist","message":"no such machine"}""");

        Assert.Equal(HttpStatusCode.InternalServerError, await PostAsync(UploadEventTests.Put, Header));

        Assert.All(_spans.Of(ActivityTraceId.CreateFromString("6921000000000000000000000000abcd")),
            span => Assert.Equal((ActivityStatusCode.Error, "no such machine"), (span.Status, span.StatusDescription)));
    }

    [Theory]
    [InlineData("{", "not an event of S3: ")]
    [InlineData("{}", "not an event of S3: found an object with nothing; expected 'Records' of an S3 notification, or 'detail' of an EventBridge event")]
    public async Task WhatIsNoEventIsRefusedWithWhatWasFound(string body, string message)
    {
        using var response = await _http.PostAsync("/events", new StringContent(body));

        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
        Assert.StartsWith(message, await response.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task AFolderOrAnotherPrefixStartsNothing()
    {
        Assert.Equal(HttpStatusCode.OK, await PostAsync(UploadEventTests.Put.Replace("input/a+b%2Bc.csv", "input/", StringComparison.Ordinal), Header));
        Assert.Equal(HttpStatusCode.OK, await PostAsync(UploadEventTests.Put.Replace("input/", "clean/", StringComparison.Ordinal), Header));

        Assert.Empty(_workflows.Requests);
    }

    async Task<HttpStatusCode> PostAsync(string body, string header)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/events") { Content = new StringContent(body, Encoding.UTF8, "application/json") };
        request.Headers.Add("X-Amzn-Trace-Id", header);
        using var response = await _http.SendAsync(request);
        return response.StatusCode;
    }
}
