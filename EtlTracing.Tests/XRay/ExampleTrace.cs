using System.Text.Json.Nodes;

namespace EtlTracing.Tests.XRay;

/// <summary>A cloud with one trace: web → (Lambda call) → job → (S3 call).</summary>
public sealed class ExampleTrace : IAsyncLifetime
{
    public XRayCloud Cloud { get; private set; } = null!;
    public string Id { get; } = XRayCloud.NewTraceId();
    public double Now { get; } = DateTimeOffset.UtcNow.ToUnixTimeSeconds();

    public async Task InitializeAsync()
    {
        Cloud = await XRayCloud.StartAsync();
        var (web, call, job, s3) = (XRayCloud.NewId(), XRayCloud.NewId(), XRayCloud.NewId(), XRayCloud.NewId());
        await Cloud.PutAsync(
            Entity($$"""
                { "name": "web", "id": "{{web}}", "start_time": {{Now}}, "end_time": {{Now + 3}}, "user": "bob", "origin": "AWS::EC2::Instance",
                  "annotations": { "gameid": "817DL6VO", "age": 30, "etl.step": "Rank", "cached": false }, "aws": { "ec2": { "instance_id": "i-1", "availability_zone": "us-east-2a" } },
                  "http": { "request": { "url": "http://api.example.com/v2/x", "method": "GET", "user_agent": "curl", "client_ip": "10.0.0.1" }, "response": { "status": 200 } } }
                """),
            Entity($$"""{ "name": "Lambda", "id": "{{call}}", "parent_id": "{{web}}", "type": "subsegment", "namespace": "aws", "start_time": {{Now + 1}}, "end_time": {{Now + 2}} }"""),
            Entity($$"""
                { "name": "job", "id": "{{job}}", "parent_id": "{{call}}", "start_time": {{Now + 1}}, "end_time": {{Now + 5}}, "fault": true,
                  "cause": { "exceptions": [{ "id": "0000000000000001", "type": "IOException", "message": "disk full" }] } }
                """),
            Entity($$"""{ "name": "S3", "id": "{{s3}}", "parent_id": "{{job}}", "type": "subsegment", "namespace": "aws", "error": true, "throttle": true, "start_time": {{Now + 1}}, "end_time": {{Now + 1.5}} }"""));
    }

    public async Task DisposeAsync() => await Cloud.DisposeAsync();

    public async Task<JsonArray> FindAsync(string expression)
    {
        var (status, body, _) = await SummariesAsync(expression);
        Assert.Equal(200, status);
        return body["TraceSummaries"]!.DeepClone().AsArray();
    }

    public Task<(int Status, JsonObject Body, string? Error)> SummariesAsync(string expression)
    {
        var input = Range();
        input["FilterExpression"] = expression;
        return Cloud.CallAsync("/TraceSummaries", input);
    }

    /// <summary>The time range that the trace is in, as an operation's input.</summary>
    public JsonObject Range() => new() { ["StartTime"] = Now - 60, ["EndTime"] = Now + 60 };

    /// <summary>A document of the trace, or of another one.</summary>
    public JsonObject Entity(string json, string? trace = null)
    {
        var entity = JsonNode.Parse(json)!.AsObject();
        entity["trace_id"] = trace ?? Id;
        return entity;
    }
}
