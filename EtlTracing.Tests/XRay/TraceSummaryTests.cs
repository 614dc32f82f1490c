using System.Text.Json.Nodes;

namespace EtlTracing.Tests.XRay;

/// <summary>GetTraceSummaries and the service map.</summary>
public sealed class TraceSummaryTests : IAsyncLifetime
{
    readonly ExampleTrace _example = new();

    public Task InitializeAsync() => _example.InitializeAsync();

    public Task DisposeAsync() => _example.DisposeAsync();

    [Fact]
    public async Task ASummaryHasTheRootsAnswerAndWhatItsSegmentsSay()
    {
        var summary = Assert.Single(await _example.FindAsync(""))!.AsObject();
        foreach (var causes in (string[])["FaultRootCauses", "ErrorRootCauses", "ResponseTimeRootCauses"]) summary.Remove(causes);

        Otlp.OtlpSpans.AssertJson($$"""
            {
              "Id": "{{_example.Id}}", "StartTime": {{_example.Now}}, "Duration": 5, "ResponseTime": 3, "HasFault": false, "HasError": false, "HasThrottle": false, "IsPartial": false,
              "Http": { "HttpURL": "http://api.example.com/v2/x", "HttpStatus": 200, "HttpMethod": "GET", "UserAgent": "curl", "ClientIp": "10.0.0.1" },
              "Annotations": {
                "gameid": [{ "AnnotationValue": { "StringValue": "817DL6VO" }, "ServiceIds": [{{Web}}] }],
                "age": [{ "AnnotationValue": { "NumberValue": 30 }, "ServiceIds": [{{Web}}] }],
                "etl.step": [{ "AnnotationValue": { "StringValue": "Rank" }, "ServiceIds": [{{Web}}] }],
                "cached": [{ "AnnotationValue": { "BooleanValue": false }, "ServiceIds": [{{Web}}] }] },
              "Users": [{ "UserName": "bob", "ServiceIds": [{{Web}}] }],
              "ServiceIds": [{{Web}}, { "Name": "job", "Names": ["job"], "AccountId": "000000000000" }, { "Name": "S3", "Names": ["S3"], "AccountId": "000000000000", "Type": "AWS::S3" }],
              "ResourceARNs": [], "InstanceIds": [{ "Id": "i-1" }], "AvailabilityZones": [{ "Name": "us-east-2a" }], "EntryPoint": {{Web}}, "Revision": 4
            }
            """, summary);
    }

    const string Web = """{ "Name": "web", "Names": ["web"], "AccountId": "000000000000", "Type": "AWS::EC2::Instance" }""";

    [Fact]
    public async Task PagesAreReadToTheEndByTheirTokens()
    {
        for (var batch = 0; batch < 3; batch++)
            await _example.Cloud.PutAsync([.. Enumerable.Range(0, 200).Select(_ => _example.Entity($$"""{ "name": "many", "id": "{{XRayCloud.NewId()}}", "start_time": {{_example.Now}}, "end_time": {{_example.Now}} }""", XRayCloud.NewTraceId()))]);
        var found = new List<string>();
        string? token = null;
        do
        {
            var input = _example.Range();
            if (token is not null) input["NextToken"] = token;
            var (_, body, _) = await _example.Cloud.CallAsync("/TraceSummaries", input);
            found.AddRange(body["TraceSummaries"]!.AsArray().Select(summary => (string)summary!["Id"]!));
            token = (string?)body["NextToken"];
        }
        while (token is not null);

        Assert.Equal(601, found.Distinct().Count());
        Assert.Equal(601, found.Count);
    }

    [Fact]
    public async Task TheServiceMapCountsCallsAsTheirCallersSawThem()
    {
        var (_, body, _) = await _example.Cloud.CallAsync("/TraceGraph", new JsonObject { ["TraceIds"] = new JsonArray(_example.Id) });

        var services = body["Services"]!.AsArray().ToDictionary(service => ((string)service!["Name"]!, (string?)service["Type"]), service => service!.AsObject());
        Assert.Equal([("S3", "AWS::S3"), ("job", null), ("web", "AWS::EC2::Instance"), ("web", "client")], services.Keys.Order());
        var web = services[("web", "AWS::EC2::Instance")];
        Assert.True((bool)web["Root"]!);
        var edge = Assert.Single(web["Edges"]!.AsArray())!.AsObject();
        Otlp.OtlpSpans.AssertJson($$"""
            { "ReferenceId": {{services[("job", null)]["ReferenceId"]}}, "StartTime": {{_example.Now + 1}}, "EndTime": {{_example.Now + 2}},
              "SummaryStatistics": { "OkCount": 1, "ErrorStatistics": { "ThrottleCount": 0, "OtherCount": 0, "TotalCount": 0 }, "FaultStatistics": { "OtherCount": 0, "TotalCount": 0 }, "TotalCount": 1, "TotalResponseTime": 1 },
              "ResponseTimeHistogram": [{ "Value": 1, "Count": 1 }], "Aliases": [] }
            """, edge);
        Assert.Equal(1, (int)services[("job", null)]["SummaryStatistics"]!["FaultStatistics"]!["TotalCount"]!);
        Assert.Equal(1, (int)services[("S3", "AWS::S3")]["SummaryStatistics"]!["ErrorStatistics"]!["ThrottleCount"]!);
        var client = Assert.Single(services[("web", "client")]["Edges"]!.AsArray())!;
        Assert.Equal((int)web["ReferenceId"]!, (int)client["ReferenceId"]!);

        var (_, whole, _) = await _example.Cloud.CallAsync("/ServiceGraph", _example.Range());
        Assert.True(JsonNode.DeepEquals(body["Services"], whole["Services"]));
    }

    [Fact]
    public async Task AFaultIsFollowedToItsService()
    {
        await _example.Cloud.PutAsync(_example.Entity($$"""
                { "name": "root", "id": "{{XRayCloud.NewId()}}", "start_time": {{_example.Now}}, "end_time": {{_example.Now + 1}}, "fault": true,
                  "cause": { "exceptions": [{ "id": "0000000000000001", "type": "IOException", "message": "disk full" }] } }
                """, XRayCloud.NewTraceId()));

        var summary = Assert.Single(await _example.FindAsync("fault"))!;

        Otlp.OtlpSpans.AssertJson("""
            [{ "Services": [{ "Name": "root", "Names": ["root"], "AccountId": "000000000000", "Inferred": false,
                "EntityPath": [{ "Name": "root", "Exceptions": [{ "Name": "IOException", "Message": "disk full" }], "Remote": false }] }], "ClientImpacting": true }]
            """, summary["FaultRootCauses"]!);
    }

    [Fact]
    public async Task TheDefaultSamplingRuleIsThere()
    {
        var (_, rules, _) = await _example.Cloud.CallAsync("/GetSamplingRules", []);
        Assert.Equal("Default", (string?)Assert.Single(rules["SamplingRuleRecords"]!.AsArray())!["SamplingRule"]!["RuleName"]);

        var statistics = new JsonObject { ["RuleName"] = "Default", ["ClientID"] = new string('a', 24), ["Timestamp"] = _example.Now, ["RequestCount"] = 1, ["SampledCount"] = 1 };
        var (_, targets, _) = await _example.Cloud.CallAsync("/SamplingTargets", new JsonObject { ["SamplingStatisticsDocuments"] = new JsonArray(statistics) });
        Assert.Equal(0.05, (double)Assert.Single(targets["SamplingTargetDocuments"]!.AsArray())!["FixedRate"]!);
    }
}
