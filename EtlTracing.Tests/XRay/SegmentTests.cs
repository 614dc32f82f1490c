using System.Text.Json.Nodes;

namespace EtlTracing.Tests.XRay;

/// <summary>PutTraceSegments and BatchGetTraces.</summary>
public sealed class SegmentTests(SharedXRayCloud shared) : IClassFixture<SharedXRayCloud>
{
    readonly string _trace = XRayCloud.NewTraceId();
    readonly double _now = DateTimeOffset.UtcNow.ToUnixTimeSeconds();
    readonly XRayCloud _cloud = shared.Cloud;

    [Fact]
    public async Task ACompleteSegmentReplacesTheOneInProgressAndNeverTheOtherWayRound()
    {
        var id = XRayCloud.NewId();
        var running = Segment("job", id, end: null);
        running["annotations"] = new JsonObject { ["step"] = 1 };
        await _cloud.PutAsync(running.DeepClone().AsObject());
        running["annotations"]!["step"] = 2;
        await _cloud.PutAsync(running.DeepClone().AsObject());
        Assert.Equal(2, (int)Assert.Single(await _cloud.SegmentsAsync(_trace))["annotations"]!["step"]!);

        await _cloud.PutAsync(Segment("job", id, end: _now + 1));
        await _cloud.PutAsync(running);

        var segment = Assert.Single(await _cloud.SegmentsAsync(_trace));
        Assert.Equal(_now + 1, (double)segment["end_time"]!);
        Assert.False(segment.ContainsKey("in_progress"));
    }

    [Fact]
    public async Task SubsegmentsThatWereSentAloneStandUnderTheirParents()
    {
        var (job, step, call) = (XRayCloud.NewId(), XRayCloud.NewId(), XRayCloud.NewId());
        // The child comes before its parent, and the parent before the segment.
        await _cloud.PutAsync(Subsegment("inner", call, step));
        await _cloud.PutAsync(Subsegment("Read Data", step, job));
        Assert.Empty(await _cloud.SegmentsAsync(_trace));
        Assert.False((await _cloud.TraceAsync(_trace)).ContainsKey("Duration"));

        await _cloud.PutAsync(Segment("job", job, _now + 2));

        var segment = Assert.Single(await _cloud.SegmentsAsync(_trace));
        var child = Assert.Single(segment["subsegments"]!.AsArray())!.AsObject();
        Assert.Equal(["end_time", "id", "name", "start_time", "subsegments"], child.Select(field => field.Key).Order());
        Assert.Equal("inner", (string?)child["subsegments"]![0]!["name"]);
        Assert.Equal(2, (double)(await _cloud.TraceAsync(_trace))["Duration"]!);
    }

    [Fact]
    public async Task ACalledServiceThatSendsNothingHasAnInferredSegment()
    {
        var (job, call, answered) = (XRayCloud.NewId(), XRayCloud.NewId(), XRayCloud.NewId());
        var s3 = Subsegment("S3", call, job);
        s3["namespace"] = "aws";
        s3["aws"] = new JsonObject { ["operation"] = "GetObject", ["request_id"] = "4442587FB7D0A2F9" };
        var states = Subsegment("SFN", answered, job);
        states["namespace"] = "aws";
        var workflow = Segment("etl-workflow", XRayCloud.NewId(), _now + 1);
        workflow["parent_id"] = answered;
        await _cloud.PutAsync(Segment("job", job, _now + 2), s3, states, workflow);

        var segments = await _cloud.SegmentsAsync(_trace);

        Assert.Equal(["job", "etl-workflow", "S3"], segments.Select(segment => (string)segment["name"]!));
        var inferred = segments[2];
        Assert.Equal((true, call, "AWS::S3", "4442587FB7D0A2F9"),
            ((bool)inferred["inferred"]!, (string)inferred["parent_id"]!, (string)inferred["origin"]!, (string)inferred["aws"]!["request_id"]!));
        Assert.Equal((string)inferred["id"]!, (string)(await _cloud.SegmentsAsync(_trace))[2]["id"]!);
    }

    [Theory]
    [InlineData("{}", "MissingId", null)]
    [InlineData("[]", "MissingId", null)]
    [InlineData("not json", "ParseError", null)]
    [InlineData("""{"id":"xyz"}""", "InvalidId", "xyz")]
    [InlineData("""{"id":"53995c3f42cd8ad8"}""", "MissingTraceId", "53995c3f42cd8ad8")]
    [InlineData("""{"id":"53995c3f42cd8ad8","trace_id":"1-2-3"}""", "InvalidTraceId", "53995c3f42cd8ad8")]
    [InlineData("""{"id":"53995c3f42cd8ad8","trace_id":"1-5759e988-bd862e3fe1be46a994272793","name":"old","start_time":1,"end_time":2}""", "InvalidTraceId", "53995c3f42cd8ad8")]
    [InlineData("""{"id":"53995c3f42cd8ad8","trace_id":"TRACE"}""", "MissingName", "53995c3f42cd8ad8")]
    [InlineData("""{"id":"53995c3f42cd8ad8","trace_id":"TRACE","name":"a"}""", "MissingStartTime", "53995c3f42cd8ad8")]
    [InlineData("""{"id":"53995c3f42cd8ad8","trace_id":"TRACE","name":"a","start_time":1}""", "MissingEndTime", "53995c3f42cd8ad8")]
    [InlineData("""{"id":"53995c3f42cd8ad8","trace_id":"TRACE","name":"a","start_time":1,"end_time":2,"type":"subsegment"}""", "MissingParentId", "53995c3f42cd8ad8")]
    public async Task DocumentsThatAreNoneComeBackUnprocessedAndTheOthersAreTaken(string document, string code, string? id)
    {
        var good = Segment("good", XRayCloud.NewId(), _now + 1);

        var (_, body, _) = await _cloud.CallAsync("/TraceSegments", new JsonObject { ["TraceSegmentDocuments"] = new JsonArray(document.Replace("TRACE", _trace, StringComparison.Ordinal), good.ToJsonString()) });

        var unprocessed = Assert.Single(body["UnprocessedTraceSegments"]!.AsArray())!;
        Assert.Equal((code, $"Invalid segment. ErrorCode: {code}", id), ((string)unprocessed["ErrorCode"]!, (string)unprocessed["Message"]!, (string?)unprocessed["Id"]));
        Assert.Single(await _cloud.SegmentsAsync(_trace));
    }

    [Fact]
    public async Task ADocumentOfMoreThan64KilobytesIsRefused()
    {
        var large = Segment("large", XRayCloud.NewId(), _now + 1);
        large["metadata"] = new JsonObject { ["default"] = new JsonObject { ["text"] = new string('x', 64 * 1024) } };

        Assert.Equal("SegmentTooLarge", (string?)Assert.Single(await _cloud.PutAsync(large))!["ErrorCode"]);
    }

    [Fact]
    public async Task ATraceThatGrowsTooLargeIsMarkedAndStopsGrowing()
    {
        for (var i = 0; i < 9; i++)
        {
            var large = Segment($"large{i}", XRayCloud.NewId(), _now + 1);
            large["metadata"] = new JsonObject { ["default"] = new JsonObject { ["text"] = new string('x', 63 * 1024) } };
            await _cloud.PutAsync(large);
        }

        var trace = await _cloud.TraceAsync(_trace);

        Assert.True((bool)trace["LimitExceeded"]!);
        Assert.Equal(7, trace["Segments"]!.AsArray().Count);
    }

    [Fact]
    public async Task UnknownTracesAreUnprocessedAndNoError()
    {
        var unknown = XRayCloud.NewTraceId();

        var (status, body, _) = await _cloud.CallAsync("/Traces", new JsonObject { ["TraceIds"] = new JsonArray(unknown, "nonsense") });

        Assert.Equal(200, status);
        Assert.Empty(body["Traces"]!.AsArray());
        Assert.Equal([unknown, "nonsense"], body["UnprocessedTraceIds"]!.AsArray().Select(id => (string)id!));
    }

    [Theory]
    [InlineData("/Traces", "{}", 400, "InvalidRequestException")]
    [InlineData("/Traces", """{"TraceIds":["1","2","3","4","5","6"]}""", 400, "InvalidRequestException")]
    [InlineData("/Traces", """{"TraceIds":[1]}""", 400, "SerializationException")]
    [InlineData("/TraceSummaries", "{}", 400, "InvalidRequestException")]
    [InlineData("/TraceSummaries", """{"StartTime":0,"EndTime":100000}""", 400, "InvalidRequestException")]
    [InlineData("/TraceSummaries", """{"StartTime":0,"EndTime":1,"NextToken":"nonsense"}""", 400, "InvalidRequestException")]
    [InlineData("/StartTraceRetrieval", "{}", 501, "NotImplemented")]
    [InlineData("/InsightSummaries", "{}", 501, "NotImplemented")]
    public async Task ErrorsHaveTheServicesCodes(string path, string input, int status, string code)
    {
        var answer = await _cloud.CallAsync(path, JsonNode.Parse(input)!.AsObject());

        Assert.Equal((status, code), (answer.Status, answer.Error));
        Assert.NotEmpty((string)answer.Body["Message"]!);
    }

    [Fact]
    public async Task TracesOutliveTheProcessAndGoWhenTheirTimeIsOver()
    {
        var folder = Directory.CreateTempSubdirectory("xray").FullName;
        try
        {
            await using (var first = await XRayCloud.StartAsync(options => options with { DataDirectory = folder })) await first.PutAsync(Segment("job", XRayCloud.NewId(), _now + 1));
            await using (var second = await XRayCloud.StartAsync(options => options with { DataDirectory = folder })) Assert.Single(await second.SegmentsAsync(_trace));
            await using var third = await XRayCloud.StartAsync(options => options with { DataDirectory = folder, TraceRetention = TimeSpan.FromSeconds(-60) });
            // Retention looks at what there is when something is written.
            await third.PutAsync(Segment("job", XRayCloud.NewId(), _now + 1));
            var (_, body, _) = await third.CallAsync("/Traces", new JsonObject { ["TraceIds"] = new JsonArray(_trace) });
            Assert.Empty(body["Traces"]!.AsArray());
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    JsonObject Segment(string name, string id, double? end)
    {
        var segment = new JsonObject { ["name"] = name, ["id"] = id, ["trace_id"] = _trace, ["start_time"] = _now };
        if (end is null) segment["in_progress"] = true;
        else segment["end_time"] = end;
        return segment;
    }

    JsonObject Subsegment(string name, string id, string parent)
    {
        var subsegment = Segment(name, id, _now + 1);
        subsegment["type"] = "subsegment";
        subsegment["parent_id"] = parent;
        return subsegment;
    }
}
