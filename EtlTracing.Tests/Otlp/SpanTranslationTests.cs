using System.Text.Json.Nodes;
using EtlTracing.LocalAws.Otlp.Wire;
using EtlTracing.Tests.XRay;

namespace EtlTracing.Tests.Otlp;

/// <summary>What becomes of spans, by the rules of the collector's awsxray exporter.</summary>
public sealed class SpanTranslationTests(SharedXRayCloud shared) : IClassFixture<SharedXRayCloud>
{
    readonly XRayCloud _cloud = shared.Cloud;

    [Fact]
    public async Task AServerSpanIsASegmentNamedByItsServiceWithItsResourceAsMetadata()
    {
        var span = OtlpSpans.Span("Clean", Span.Types.SpanKind.Server);
        span.ParentSpanId = OtlpSpans.Id("00000000000000aa");

        var segment = await TranslateAsync(span, ("service.name", "etl-clean-job"), ("service.version", "1.2"), ("telemetry.sdk.name", "opentelemetry"),
            ("telemetry.sdk.language", "dotnet"), ("telemetry.sdk.version", "1.20.1"), ("cloud.platform", "aws_ecs"), ("aws.ecs.launchtype", "fargate"), ("container.name", "clean"));

        OtlpSpans.AssertJson($$$"""
            {
              "name": "etl-clean-job", "id": "{{{OtlpSpans.SpanId}}}", "trace_id": "{{{segment["trace_id"]}}}", "parent_id": "00000000000000aa",
              "start_time": 1700000000.5, "end_time": 1700000001.5, "fault": false, "error": false, "throttle": false,
              "service": { "version": "1.2" }, "origin": "AWS::ECS::Fargate",
              "aws": { "ecs": { "container": "clean", "launch_type": "fargate" }, "xray": { "sdk": "opentelemetry for dotnet", "sdk_version": "1.20.1", "auto_instrumentation": false } },
              "annotations": { "otel.resource.service.name": "etl-clean-job" },
              "metadata": { "default": {
                "otel.resource.service.version": "1.2", "otel.resource.telemetry.sdk.name": "opentelemetry", "otel.resource.telemetry.sdk.language": "dotnet",
                "otel.resource.telemetry.sdk.version": "1.20.1", "otel.resource.cloud.platform": "aws_ecs", "otel.resource.aws.ecs.launchtype": "fargate", "otel.resource.container.name": "clean" } }
            }
            """, segment);
    }

    [Fact]
    public async Task AnInternalSpanIsASubsegmentThatKeepsItsNameAndHasItsIndexedAttributesAsAnnotations()
    {
        var span = OtlpSpans.Span("Rank By Cost (fast)", Span.Types.SpanKind.Internal, ("etl.step", "Rank By Cost"), ("etl.rows.in", 12L), ("etl.busy_ms", 1.5), ("cached", true), ("tags", new object[] { "a", 2L }));

        OtlpSpans.AssertJson($$$"""
            {
              "name": "Rank By Cost fast", "id": "{{{OtlpSpans.SpanId}}}", "start_time": 1700000000.5, "end_time": 1700000001.5,
              "fault": false, "error": false, "throttle": false, "aws": { "xray": { "auto_instrumentation": false } },
              "annotations": { "etl.step": "Rank By Cost", "etl.rows.in": 12 }, "metadata": { "default": { "etl.busy_ms": 1.5, "cached": true, "tags": ["a", 2] } }
            }
            """, await SubsegmentAsync(span));
    }

    [Fact]
    public async Task AnSdkCallIsNamedByItsServiceInTheNamespaceAws()
    {
        var span = OtlpSpans.Span("S3.GetObject", Span.Types.SpanKind.Client, ("rpc.system", "aws-api"), ("rpc.service", "S3"), ("rpc.method", "GetObject"), ("aws.service", "S3"),
            ("aws.region", "us-east-2"), ("aws.request_id", "4442587FB7D0A2F9"), ("http.response.status_code", 200L));

        OtlpSpans.AssertJson($$$"""
            {
              "name": "S3", "id": "{{{OtlpSpans.SpanId}}}", "start_time": 1700000000.5, "end_time": 1700000001.5, "fault": false, "error": false, "throttle": false,
              "namespace": "aws", "http": { "request": {}, "response": { "status": 200, "content_length": 0 } },
              "aws": { "operation": "GetObject", "region": "us-east-2", "request_id": "4442587FB7D0A2F9", "xray": { "auto_instrumentation": false } },
              "metadata": { "default": { "rpc.system": "aws-api", "rpc.service": "S3", "aws.service": "S3" } }
            }
            """, await SubsegmentAsync(span));
    }

    [Theory]
    [InlineData("new", """{ "method": "GET", "url": "https://example.com:8443/a?b=c", "user_agent": "curl", "client_ip": "10.0.0.1" }""",
        "http.request.method=GET", "url.scheme=https", "server.address=example.com", "server.port=8443", "url.path=/a", "url.query=b=c", "user_agent.original=curl", "network.peer.address=10.0.0.1")]
    [InlineData("old", """{ "method": "GET", "url": "http://example.com/a?b=c", "client_ip": "1.2.3.4", "x_forwarded_for": true }""",
        "http.method=GET", "http.scheme=http", "http.host=example.com", "http.target=/a?b=c", "http.client_ip=1.2.3.4")]
    public async Task OldAndNewHttpConventionsFillTheHttpBlock(string conventions, string request, params string[] attributes)
    {
        var span = OtlpSpans.Span(conventions, Span.Types.SpanKind.Server, [.. attributes.Select(attribute => attribute.Split('=', 2)).Select(pair => (pair[0], (object)pair[1]))]);

        var segment = await TranslateAsync(span, ("service.name", "web"));

        OtlpSpans.AssertJson(request, segment["http"]!["request"]!);
        Assert.Equal(conventions == "old" ? "GET" : null, (string?)segment["annotations"]!["http.method"]);
    }

    [Theory]
    [InlineData(200, false, false, false)]
    [InlineData(404, true, false, false)]
    [InlineData(429, true, false, true)]
    [InlineData(503, false, true, false)]
    public async Task TheHttpStatusDecidesErrorFaultAndThrottle(int status, bool error, bool fault, bool throttle)
    {
        var span = OtlpSpans.Span("call", Span.Types.SpanKind.Server, ("http.response.status_code", (long)status));
        if (status != 200) span.Status = new Status { Code = Status.Types.StatusCode.Error };

        var segment = await TranslateAsync(span, ("service.name", "web"));

        Assert.Equal((error, fault, throttle), ((bool)segment["error"]!, (bool)segment["fault"]!, (bool)segment["throttle"]!));
    }

    [Fact]
    public async Task AnExceptionEventIsTheCauseWithItsDotnetStackAndOtherEventsAreLost()
    {
        var span = OtlpSpans.Span("Clean", Span.Types.SpanKind.Server);
        span.Status = new Status { Code = Status.Types.StatusCode.Error, Message = "it broke" };
        span.Events.Add(new Span.Types.Event { Name = "progress" });
        span.Events.Add(new Span.Types.Event
        {
            Name = "exception",
            Attributes =
            {
                OtlpSpans.Attribute("exception.type", "Etl.SchemaMismatch"),
                OtlpSpans.Attribute("exception.message", "no column price"),
                OtlpSpans.Attribute("exception.stacktrace", "Etl.SchemaMismatch: no column price\n   at Etl.Reader.Check(String name) in /src/Reader.cs:line 42\n   at Etl.Job.Run()\n--- End of stack trace ---"),
            },
        });

        var segment = await TranslateAsync(span, ("service.name", "etl-clean-job"), ("telemetry.sdk.language", "dotnet"));

        var exception = Assert.Single(segment["cause"]!["exceptions"]!.AsArray())!.AsObject();
        Assert.Equal(16, ((string)exception["id"]!).Length);
        exception.Remove("id");
        OtlpSpans.AssertJson("""
            { "message": "no column price", "type": "Etl.SchemaMismatch", "remote": false, "stack": [
              { "path": "/src/Reader.cs", "line": 42, "label": "Etl.Reader.Check(String name)" }, { "path": "", "line": 0, "label": "Etl.Job.Run()" } ] }
            """, exception);
        Assert.True((bool)segment["fault"]!);
        Assert.DoesNotContain("progress", segment.ToJsonString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("java", "java.lang.RuntimeException: outer\n\tat java.base/app.Main.run(Main.java:12)\n\t... 3 more\nCaused by: java.io.IOException: disk\nfull\n\tat app.Disk.write(Native Method)\n",
        "outer[Main.java:12 app.Main.run] < java.io.IOException: diskfull[Native Method:0 app.Disk.write]")]
    [InlineData("python", "Traceback (most recent call last):\n  File \"a.py\", line 1, in inner\n    x()\nKeyError: 'k'\n\nDuring handling of the above exception, another exception occurred:\n\nTraceback (most recent call last):\n  File \"b.py\", line 2, in outer\n    y()\n  File \"c.py\", line 3, in last\n    z()\nValueError: outer\n",
        "outer[c.py:3 last, b.py:2 outer] < KeyError: 'k'[a.py:1 inner]")]
    [InlineData("nodejs", "Error: outer\n    at Object.run (main.js:12:5)\n    at main.js:3:1\n    at native code", "outer[main.js:12 Object.run , main.js:3 , native:0 ]")]
    [InlineData("go", "outer\ngoroutine 1 [running]:\nmain.run(0x1)\n\t/src/main.go:12 +0x1d", "outer[/src/main.go:12 main.run(0x1)]")]
    [InlineData("cobol", "whatever", "outer[]")]
    public async Task StackTracesOfOtherLanguagesAreRead(string language, string trace, string expected)
    {
        var span = OtlpSpans.Span("x", Span.Types.SpanKind.Server);
        span.Events.Add(new Span.Types.Event { Name = "exception", Attributes = { OtlpSpans.Attribute("exception.message", "outer"), OtlpSpans.Attribute("exception.stacktrace", trace) } });

        var exceptions = (await TranslateAsync(span, ("service.name", "web"), ("telemetry.sdk.language", language)))["cause"]!["exceptions"]!.AsArray();

        Assert.Equal(expected, string.Join(" < ", exceptions.Select(Describe)));
        for (var i = 1; i < exceptions.Count; i++) Assert.Equal((string?)exceptions[i]!["id"], (string?)exceptions[i - 1]!["cause"]);
    }

    static string Describe(JsonNode? exception)
    {
        var type = (string)exception!["type"]!;
        var frames = exception["stack"]?.AsArray().Select(frame => $"{frame!["path"]}:{frame["line"]} {frame["label"]}") ?? [];
        return $"{type}{(type.Length > 0 ? ": " : "")}{exception["message"]}[{string.Join(", ", frames)}]";
    }

    [Fact]
    public async Task AnErrorWithoutAnExceptionHasItsDescriptionAsCause()
    {
        var span = OtlpSpans.Span("Clean", Span.Types.SpanKind.Server);
        span.Status = new Status { Code = Status.Types.StatusCode.Error, Message = "gave up" };

        var exception = (await TranslateAsync(span, ("service.name", "job")))["cause"]!["exceptions"]![0]!;

        Assert.Equal(("", "gave up"), ((string)exception["type"]!, (string)exception["message"]!));
    }

    [Fact]
    public async Task AnotherCloudsResourceHasNeitherAwsBlockNorOrigin()
    {
        var segment = await TranslateAsync(OtlpSpans.Span("x", Span.Types.SpanKind.Server, ("aws.operation", "Get")), ("service.name", "web"), ("cloud.provider", "AWS::AWSGlue"), ("cloud.platform", "aws_ecs"));

        Assert.False(segment.ContainsKey("aws"));
        Assert.False(segment.ContainsKey("origin"));
    }

    [Fact]
    public async Task AttributesNameAnnotationsAndMetadataNamespaces()
    {
        var span = OtlpSpans.Span("x", Span.Types.SpanKind.Server, ("aws.xray.annotations", new object[] { "run-id" }), ("run-id", "r1"),
            ("aws.xray.metadata.counts", """{"in":1}"""), ("aws.xray.metadata.default", """{"extra":true}"""), ("aws.xray.metadata.bad", "{"));

        var segment = await TranslateAsync(span, ("service.name", "web"));

        Assert.Equal("r1", (string?)segment["annotations"]!["run_id"]);
        OtlpSpans.AssertJson("""{ "counts": { "in": 1 }, "default": { "extra": true, "aws.xray.metadata.bad": "{" } }""", segment["metadata"]!);
    }

    [Fact]
    public async Task LinksAreKeptWithTheirAttributes()
    {
        var span = OtlpSpans.Span("x", Span.Types.SpanKind.Server);
        span.Links.Add(new Span.Types.Link { TraceId = span.TraceId, SpanId = OtlpSpans.Id("00000000000000bb"), Attributes = { OtlpSpans.Attribute("why", "retry") } });

        var segment = await TranslateAsync(span, ("service.name", "web"));

        OtlpSpans.AssertJson($$$"""[{ "trace_id": "{{{segment["trace_id"]}}}", "id": "00000000000000bb", "attributes": { "why": "retry" } }]""", segment["links"]!);
    }

    [Theory]
    [InlineData("db.name=orders;db.connection_string=jdbc:mysql://db.example.com:3306;db.system=mysql", "orders@db.example.com")]
    [InlineData("peer.service=payments;db.name=orders", "payments")]
    [InlineData("rpc.service=Catalog", "Catalog")]
    [InlineData("http.host=example.com", "example.com")]
    [InlineData("net.peer.name=peer.example.com", "peer.example.com")]
    [InlineData("", "GET -x")]
    public async Task TheFirstServiceNameFoundNamesACall(string attributes, string expected)
    {
        var pairs = attributes.Split(';', StringSplitOptions.RemoveEmptyEntries).Select(attribute => attribute.Split('=', 2)).Select(pair => (pair[0], (object)pair[1]));

        var subsegment = await SubsegmentAsync(OtlpSpans.Span("GET *-(x)", Span.Types.SpanKind.Client, [.. pairs]));

        Assert.Equal((expected, "remote"), ((string)subsegment["name"]!, (string)subsegment["namespace"]!));
        if (attributes.Contains("mysql", StringComparison.Ordinal))
            OtlpSpans.AssertJson("""{ "connection_string": "jdbc:mysql://db.example.com:3306/orders", "url": "GET *-(x)", "database_type": "mysql" }""", subsegment["sql"]!);
    }

    [Fact]
    public async Task SpansThatXRayWouldNeverShowAreRefusedCountedAndListed()
    {
        var old = OtlpSpans.Span("too old", Span.Types.SpanKind.Server);
        old.TraceId = OtlpSpans.TraceId(DateTimeOffset.UtcNow.AddDays(-29));
        var linked = OtlpSpans.Span("bad link", Span.Types.SpanKind.Server);
        linked.Links.Add(new Span.Types.Link { TraceId = old.TraceId, SpanId = OtlpSpans.Id("00000000000000bb") });
        var infinite = OtlpSpans.Span("no such number", Span.Types.SpanKind.Server, ("ratio", double.NaN));

        await using var cloud = await XRayCloud.StartAsync();

        var result = await OtlpSpans.SendAsync(cloud, [old, linked, infinite, OtlpSpans.Span("good", Span.Types.SpanKind.Server)], ("service.name", "web"));

        Assert.Equal(3, result.PartialSuccess.Rejected);
        var dropped = JsonNode.Parse(await cloud.HttpAsync("/_localaws/dropped-spans"))!;
        Assert.Equal(3, (long)dropped["count"]!);
        Assert.Equal(["too old", "bad link", "no such number"], dropped["spans"]!.AsArray().Select(span => (string)span!["name"]!));
        Assert.StartsWith("invalid xray traceid: ", (string)dropped["spans"]![0]!["reason"]!, StringComparison.Ordinal);
    }

    [Fact]
    public async Task ALocalRootThatIsACallBecomesAServiceSegmentAndItsSubsegment()
    {
        var span = OtlpSpans.Span("publish", Span.Types.SpanKind.Producer, ("aws.span.kind", "LOCAL_ROOT"), ("aws.local.service", "orders"), ("aws.remote.service", "AWS::SQS"), ("rpc.system", "aws-api"));

        var segment = await TranslateAsync(span, ("service.name", "ignored"));

        Assert.Equal("orders", (string?)segment["name"]);
        Assert.False(segment.ContainsKey("namespace"));
        var call = Assert.Single(segment["subsegments"]!.AsArray())!;
        Assert.Equal(("SQS", "aws", OtlpSpans.SpanId), ((string)call["name"]!, (string)call["namespace"]!, (string)call["id"]!));
    }

    async Task<JsonObject> TranslateAsync(Span span, params (string, object)[] resource)
    {
        var result = await OtlpSpans.SendAsync(_cloud, [span], resource);
        Assert.Null(result.PartialSuccess);
        return (await _cloud.SegmentsAsync(OtlpSpans.XRay(span.TraceId)))[0];
    }

    /// <summary>The span under a segment of its own, which it needs to be seen.</summary>
    async Task<JsonObject> SubsegmentAsync(Span span)
    {
        var parent = OtlpSpans.Span("parent", Span.Types.SpanKind.Server);
        parent.TraceId = span.TraceId;
        parent.SpanId = OtlpSpans.Id("00000000000000cc");
        span.ParentSpanId = parent.SpanId;
        await OtlpSpans.SendAsync(_cloud, [parent, span]);
        return Assert.Single((await _cloud.SegmentsAsync(OtlpSpans.XRay(span.TraceId)))[0]["subsegments"]!.AsArray())!.AsObject();
    }
}
