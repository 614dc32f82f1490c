using System.Text.Json.Nodes;
using EtlTracing.LocalAws;
using EtlTracing.LocalAws.XRay;
using EtlTracing.Tests.Support;

namespace EtlTracing.Tests.XRay;

/// <summary>Segments that the local cloud makes itself, such as an execution's.</summary>
public class OwnSegmentTests
{
    [Fact]
    public async Task ACompleteSegmentGoesToTheBackEndAsSpansAndOneInProgressDoesNot()
    {
        await using var backEnd = await OtlpRecorder.StartAsync();
        await using var cloud = await XRayCloud.StartAsync(options => options with { ForwardTo = backEnd.Grpc });
        var (trace, caller, workflow, clean) = (XRayCloud.NewTraceId(), XRayCloud.NewId(), XRayCloud.NewId(), XRayCloud.NewId());
        var now = DateTimeOffset.UtcNow.ToUnixTimeSeconds();
        var states = new JsonObject { ["id"] = clean, ["name"] = "Clean", ["start_time"] = now, ["in_progress"] = true };
        var segment = new JsonObject
        {
            ["id"] = workflow,
            ["trace_id"] = trace,
            ["parent_id"] = caller,
            ["name"] = "etl-workflow",
            ["origin"] = "AWS::StepFunctions::StateMachine",
            ["start_time"] = now,
            ["in_progress"] = true,
            ["subsegments"] = new JsonArray(states),
        };
        await cloud.Segments.PutOwnAsync(segment);

        segment.Remove("in_progress");
        segment["end_time"] = now + 2.5;
        segment["fault"] = true;
        states.Remove("in_progress");
        states["end_time"] = now + 2;
        states["fault"] = true;
        states["cause"] = new JsonObject { ["exceptions"] = new JsonArray(new JsonObject { ["id"] = "0000000000000001", ["type"] = "SchemaMismatch", ["message"] = "no column price" }) };
        await cloud.Segments.PutOwnAsync(segment);

        await backEnd.WaitForAsync(recorder => recorder.Spans.Count >= 2);
        Assert.Equal(
            [
                (workflow, caller, "etl-workflow", "Server", "etl-workflow", "Error", "", 2.5),
                (clean, workflow, "Clean", "Internal", "etl-workflow", "Error", "no column price", 2.0),
            ],
            backEnd.Spans.Select(span => (span.SpanId, span.ParentId, span.Name, span.Kind, span.Service, span.Status, span.StatusMessage, (span.End - span.Start).TotalSeconds)));
        Assert.All(backEnd.Spans, span => Assert.Equal(XRayCloud.W3C(trace), span.TraceId));
        Assert.Equal("SchemaMismatch", Assert.Single(backEnd.Spans[1].Events).Attributes["exception.type"]);
        Assert.True(JsonNode.DeepEquals(segment, Assert.Single(await cloud.SegmentsAsync(trace))));
    }

    [Fact]
    public async Task AcknowledgedSegmentsSurviveAKill()
    {
        var folder = Directory.CreateTempSubdirectory("xray").FullName;
        var acknowledged = new List<string>();
        try
        {
            for (var round = 0; round < 3; round++)
            {
                await using var cloud = await LocalAwsProcess.StartAsync(folder);
                // Writers stop when the process is gone, whatever they were doing.
                var writers = Enumerable.Range(0, 4).Select(_ => WriteUntilGoneAsync(cloud, acknowledged)).ToList();
                while (true)
                {
                    lock (acknowledged)
                        if (acknowledged.Count >= 40 * (round + 1)) break;
                    await Task.Delay(10);
                }
                cloud.Kill();
                await Task.WhenAll(writers);
            }

            await using var store = new SegmentStore(new LocalCloudOptions { DataDirectory = folder });
            Assert.All(acknowledged, id => Assert.Single(store.Find(id)!.Documents));
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    static async Task WriteUntilGoneAsync(LocalAwsProcess cloud, List<string> acknowledged)
    {
        try
        {
            while (true)
            {
                var trace = XRayCloud.NewTraceId();
                await cloud.PutSegmentAsync(new JsonObject { ["name"] = "x", ["id"] = XRayCloud.NewId(), ["trace_id"] = trace, ["start_time"] = 1, ["end_time"] = 2 });
                lock (acknowledged) acknowledged.Add(trace);
            }
        }
        catch (HttpRequestException)
        {
            // The kill.
        }
    }
}
