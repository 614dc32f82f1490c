using System.Text.Json.Nodes;
using CsCheck;

namespace EtlTracing.Tests.XRay;

/// <summary>GetTraceSummaries, its filters, and the service map, on one trace: web → (Lambda call) → job → (S3 call).</summary>
public sealed class TraceSummaryTests : IAsyncLifetime
{
    readonly string _trace = XRayCloud.NewTraceId();
    readonly double _now = DateTimeOffset.UtcNow.ToUnixTimeSeconds();
    XRayCloud _cloud = null!;

    public async Task InitializeAsync()
    {
        _cloud = await XRayCloud.StartAsync();
        var (web, call, job, s3) = (XRayCloud.NewId(), XRayCloud.NewId(), XRayCloud.NewId(), XRayCloud.NewId());
        await _cloud.PutAsync(
            Entity($$"""
                { "name": "web", "id": "{{web}}", "start_time": {{_now}}, "end_time": {{_now + 3}}, "user": "bob", "origin": "AWS::EC2::Instance",
                  "annotations": { "gameid": "817DL6VO", "age": 30, "etl.step": "Rank", "cached": false }, "aws": { "ec2": { "instance_id": "i-1", "availability_zone": "us-east-2a" } },
                  "http": { "request": { "url": "http://api.example.com/v2/x", "method": "GET", "user_agent": "curl", "client_ip": "10.0.0.1" }, "response": { "status": 200 } } }
                """),
            Entity($$"""{ "name": "Lambda", "id": "{{call}}", "parent_id": "{{web}}", "type": "subsegment", "namespace": "aws", "start_time": {{_now + 1}}, "end_time": {{_now + 2}} }"""),
            Entity($$"""
                { "name": "job", "id": "{{job}}", "parent_id": "{{call}}", "start_time": {{_now + 1}}, "end_time": {{_now + 5}}, "fault": true,
                  "cause": { "exceptions": [{ "id": "0000000000000001", "type": "IOException", "message": "disk full" }] } }
                """),
            Entity($$"""{ "name": "S3", "id": "{{s3}}", "parent_id": "{{job}}", "type": "subsegment", "namespace": "aws", "error": true, "throttle": true, "start_time": {{_now + 1}}, "end_time": {{_now + 1.5}} }"""));
    }

    public async Task DisposeAsync() => await _cloud.DisposeAsync();

    [Fact]
    public async Task ASummaryHasTheRootsAnswerAndWhatItsSegmentsSay()
    {
        var summary = Assert.Single(await FindAsync(""))!.AsObject();
        foreach (var causes in (string[])["FaultRootCauses", "ErrorRootCauses", "ResponseTimeRootCauses"]) summary.Remove(causes);

        Otlp.OtlpSpans.AssertJson($$"""
            {
              "Id": "{{_trace}}", "StartTime": {{_now}}, "Duration": 5, "ResponseTime": 3, "HasFault": false, "HasError": false, "HasThrottle": false, "IsPartial": false,
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

    [Theory]
    [InlineData("responsetime > 2", true)]
    [InlineData("responseTime > 3", false)]
    [InlineData("duration >= 5 AND duration <= 8", true)]
    [InlineData("ok !partial duration <6", true)]
    [InlineData("!ok", false)]
    [InlineData("ok = false", false)]
    [InlineData("fault", false)]
    [InlineData("http.status != 200", false)]
    [InlineData("http.url CONTAINS \"/v2/\"", true)]
    [InlineData("http.url BEGINSWITH \"http://api\" AND http.url ENDSWITH \"/x\" AND !service(\"api.example.com\")", true)]
    [InlineData("http.url AND responseTime > 2", true)]
    [InlineData("http.method = \"POST\" OR http.useragent = \"curl\"", true)]
    [InlineData("(http.method = \"POST\" OR http.clientip = \"10.0.0.1\") and user = \"alice\"", false)]
    [InlineData("user CONTAINS \"\"", true)]
    [InlineData("user != \"bob\"", false)]
    [InlineData("annotation.gameid = \"817DL6VO\"", true)]
    [InlineData("annotation.age > 29", true)]
    [InlineData("annotation.age = \"30\"", false)]
    [InlineData("annotation.age", true)]
    [InlineData("!annotation.nobody", true)]
    [InlineData("annotation.cached", false)]
    [InlineData("annotation.cached = false", true)]
    [InlineData("annotation.etl.step = \"Rank\"", true)]
    [InlineData("annotation[etl.step] = \"Rank\"", true)]
    [InlineData("service(\"job\") { fault }", true)]
    [InlineData("service(\"web\") { fault }", false)]
    [InlineData("service() { fault }", true)]
    [InlineData("service(\"job\") { responsetime > 3 AND !root }", true)]
    [InlineData("service(\"web\") { root = true and fault = true }", false)]
    [InlineData("service(id(name: \"web\", type: \"AWS::EC2::Instance\"))", true)]
    [InlineData("service(id(type: \"AWS::Lambda::Function\"))", false)]
    [InlineData("service(id(account.id: \"000000000000\"))", true)]
    [InlineData("edge(\"web\", \"job\") { ok }", true)]
    [InlineData("edge(\"job\", \"S3\") { throttle }", true)]
    [InlineData("edge(id(name: \"job\"), id(type: \"AWS::S3\")) { fault }", false)]
    [InlineData("edge(\"job\", \"web\")", false)]
    [InlineData("instance.id = \"i-1\" availabilityzone = \"us-east-2a\"", true)]
    [InlineData("message = \"disk full\"", true)]
    public async Task FiltersSelectTraces(string expression, bool isFound) => Assert.Equal(isFound ? 1 : 0, (await FindAsync(expression)).Count);

    [Theory]
    [InlineData("nonsense", "unknown keyword 'nonsense' at position 0")]
    [InlineData("ok AND", "expected a keyword at position 6")]
    [InlineData("service(\"a\"", "expected ')' at position 11")]
    [InlineData("user = \"bob", "a text without its closing quotation mark at position 7")]
    [InlineData("user > 3", "> 3 can't be applied to user at position 7")]
    [InlineData("duration CONTAINS \"x\"", "CONTAINS x can't be applied to duration at position 18")]
    [InlineData("duration > 1.2.3", "'1.2.3' is not a number at position 11")]
    [InlineData("service(\"a\") { annotation.x }", "annotation can't be used within service or edge at position 15")]
    [InlineData("ok )", "unexpected ')' at position 3")]
    [InlineData("ok ~", "unexpected '~' at position 3")]
    public async Task InvalidFiltersAreRefusedWithTheirPlace(string expression, string message)
    {
        var (status, body, error) = await SummariesAsync(expression);

        Assert.Equal((400, "InvalidRequestException", $"Invalid filter expression: {message}"), (status, error, (string)body["Message"]!));
    }

    [Fact]
    public async Task AnyTextIsAFilterOrIsRefused()
    {
        string[] words = ["ok", "!", "AND", "or", "(", ")", "{", "}", "[", "]", "service", "edge", "id", "annotation.x", "annotation", "duration", "user", "=", "!=", "<", "CONTAINS", "\"x\"", "\"", "12", "-", ",", ":", "\\", "é", "\0", "name"];

        await Gen.Int[0, words.Length - 1].Select(index => words[index]).Array[0, 12].SampleAsync(async parts =>
        {
            var (status, _, _) = await SummariesAsync(string.Join(' ', parts));
            Assert.Contains(status, (int[])[200, 400]);
        }, iter: 500, threads: 1);

        Assert.Equal(400, (await SummariesAsync(new string('(', 1999))).Status);
        Assert.Equal(400, (await SummariesAsync(new string('!', 3000))).Status);
    }

    [Fact]
    public async Task PagesAreReadToTheEndByTheirTokens()
    {
        for (var batch = 0; batch < 3; batch++)
            await _cloud.PutAsync([.. Enumerable.Range(0, 200).Select(_ => Entity($$"""{ "name": "many", "id": "{{XRayCloud.NewId()}}", "start_time": {{_now}}, "end_time": {{_now}} }""", XRayCloud.NewTraceId()))]);
        var found = new List<string>();
        string? token = null;
        do
        {
            var input = Range();
            if (token is not null) input["NextToken"] = token;
            var (_, body, _) = await _cloud.CallAsync("/TraceSummaries", input);
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
        var (_, body, _) = await _cloud.CallAsync("/TraceGraph", new JsonObject { ["TraceIds"] = new JsonArray(_trace) });

        var services = body["Services"]!.AsArray().ToDictionary(service => ((string)service!["Name"]!, (string?)service["Type"]), service => service!.AsObject());
        Assert.Equal([("S3", "AWS::S3"), ("job", null), ("web", "AWS::EC2::Instance"), ("web", "client")], services.Keys.Order());
        var web = services[("web", "AWS::EC2::Instance")];
        Assert.True((bool)web["Root"]!);
        var edge = Assert.Single(web["Edges"]!.AsArray())!.AsObject();
        Otlp.OtlpSpans.AssertJson($$"""
            { "ReferenceId": {{services[("job", null)]["ReferenceId"]}}, "StartTime": {{_now + 1}}, "EndTime": {{_now + 2}},
              "SummaryStatistics": { "OkCount": 1, "ErrorStatistics": { "ThrottleCount": 0, "OtherCount": 0, "TotalCount": 0 }, "FaultStatistics": { "OtherCount": 0, "TotalCount": 0 }, "TotalCount": 1, "TotalResponseTime": 1 },
              "ResponseTimeHistogram": [{ "Value": 1, "Count": 1 }], "Aliases": [] }
            """, edge);
        Assert.Equal(1, (int)services[("job", null)]["SummaryStatistics"]!["FaultStatistics"]!["TotalCount"]!);
        Assert.Equal(1, (int)services[("S3", "AWS::S3")]["SummaryStatistics"]!["ErrorStatistics"]!["ThrottleCount"]!);
        var client = Assert.Single(services[("web", "client")]["Edges"]!.AsArray())!;
        Assert.Equal((int)web["ReferenceId"]!, (int)client["ReferenceId"]!);

        var (_, whole, _) = await _cloud.CallAsync("/ServiceGraph", Range());
        Assert.True(JsonNode.DeepEquals(body["Services"], whole["Services"]));
    }

    [Fact]
    public async Task AFaultIsFollowedToItsService()
    {
        await _cloud.PutAsync(Entity($$"""
                { "name": "root", "id": "{{XRayCloud.NewId()}}", "start_time": {{_now}}, "end_time": {{_now + 1}}, "fault": true,
                  "cause": { "exceptions": [{ "id": "0000000000000001", "type": "IOException", "message": "disk full" }] } }
                """, XRayCloud.NewTraceId()));

        var summary = Assert.Single(await FindAsync("fault"))!;

        Otlp.OtlpSpans.AssertJson("""
            [{ "Services": [{ "Name": "root", "Names": ["root"], "AccountId": "000000000000", "Inferred": false,
                "EntityPath": [{ "Name": "root", "Exceptions": [{ "Name": "IOException", "Message": "disk full" }], "Remote": false }] }], "ClientImpacting": true }]
            """, summary["FaultRootCauses"]!);
    }

    [Fact]
    public async Task TheDefaultSamplingRuleIsThere()
    {
        var (_, rules, _) = await _cloud.CallAsync("/GetSamplingRules", []);
        Assert.Equal("Default", (string?)Assert.Single(rules["SamplingRuleRecords"]!.AsArray())!["SamplingRule"]!["RuleName"]);

        var statistics = new JsonObject { ["RuleName"] = "Default", ["ClientID"] = new string('a', 24), ["Timestamp"] = _now, ["RequestCount"] = 1, ["SampledCount"] = 1 };
        var (_, targets, _) = await _cloud.CallAsync("/SamplingTargets", new JsonObject { ["SamplingStatisticsDocuments"] = new JsonArray(statistics) });
        Assert.Equal(0.05, (double)Assert.Single(targets["SamplingTargetDocuments"]!.AsArray())!["FixedRate"]!);
    }

    async Task<JsonArray> FindAsync(string expression)
    {
        var (status, body, _) = await SummariesAsync(expression);
        Assert.Equal(200, status);
        return body["TraceSummaries"]!.DeepClone().AsArray();
    }

    Task<(int Status, JsonObject Body, string? Error)> SummariesAsync(string expression)
    {
        var input = Range();
        input["FilterExpression"] = expression;
        return _cloud.CallAsync("/TraceSummaries", input);
    }

    JsonObject Range() => new() { ["StartTime"] = _now - 60, ["EndTime"] = _now + 60 };

    JsonObject Entity(string json, string? trace = null)
    {
        var entity = JsonNode.Parse(json)!.AsObject();
        entity["trace_id"] = trace ?? _trace;
        return entity;
    }
}
