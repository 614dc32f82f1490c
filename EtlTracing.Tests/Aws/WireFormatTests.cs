using System.Net;
using Amazon.Runtime;
using Amazon.StepFunctions;
using Amazon.StepFunctions.Model;
using Amazon.XRay;
using Amazon.XRay.Model;
using EtlTracing.Tests.Support;

namespace EtlTracing.Tests.Aws;

public class WireFormatTests
{
    [Fact]
    public async Task StepFunctionsSpeaksAwsJson()
    {
        await using var server = await ScriptedServer.StartAsync(_ => (200, """{"executionArn":"arn:e","startDate":1763851234.567,"unknown":1}"""));
        using var client = server.StepFunctions();

        var started = await client.StartExecutionAsync(new StartExecutionRequest { StateMachineArn = "arn:m", Name = "n", Input = "{}" });

        var request = Assert.Single(server.Requests);
        Assert.Equal(("POST", "/", "AWSStepFunctions.StartExecution", "application/x-amz-json-1.0", """{"stateMachineArn":"arn:m","name":"n","input":"{}"}"""),
            (request.Method, request.Path, request.Headers["X-Amz-Target"].ToString(), request.Headers.ContentType.ToString(), request.Body));
        Assert.Matches("^AWS4-HMAC-SHA256 Credential=test/[0-9]{8}/us-east-2/states/aws4_request, ", request.Headers.Authorization.ToString());
        Assert.Equal(("arn:e", new DateTime(2025, 11, 22, 22, 40, 34, 567, DateTimeKind.Utc), "request-1"), (started.ExecutionArn, started.StartDate, started.ResponseMetadata.RequestId));
    }

    [Fact]
    public async Task XRaySpeaksRestJson()
    {
        await using var server = await ScriptedServer.StartAsync(_ => (200, """{"TraceSummaries":[{"Id":"1-a","Duration":1.5,"Annotations":{"etl_run":[{"AnnotationValue":{"StringValue":"r"}}]}}],"NextToken":"t"}"""));
        using var client = server.XRay();

        var page = await client.GetTraceSummariesAsync(new GetTraceSummariesRequest
        {
            StartTime = DateTime.UnixEpoch,
            EndTime = DateTime.UnixEpoch.AddSeconds(1.5),
            TimeRangeType = TimeRangeType.Event,
            FilterExpression = "annotation.etl_run = \"r\"",
        });

        var request = Assert.Single(server.Requests);
        Assert.Equal(("POST", "/TraceSummaries", "application/json", """{"StartTime":0,"EndTime":1.5,"TimeRangeType":"Event","FilterExpression":"annotation.etl_run = \u0022r\u0022"}"""),
            (request.Method, request.Path, request.Headers.ContentType.ToString(), request.Body));
        Assert.Matches("/us-east-2/xray/aws4_request, ", request.Headers.Authorization.ToString());
        var summary = Assert.Single(page.TraceSummaries!);
        Assert.Equal(("1-a", 1.5, "r", "t"), (summary.Id, summary.Duration, summary.Annotations!["etl_run"][0].AnnotationValue!.StringValue, page.NextToken));
    }

    [Fact]
    public async Task AHistorysDetailsAreTyped()
    {
        await using var server = await ScriptedServer.StartAsync(_ => (200, """
            {"events":[{"id":4,"previousEventId":3,"timestamp":0.5,"type":"ActivityFailed","activityFailedEventDetails":{"error":"SchemaMismatch","cause":"no column"}},{"id":5,"type":"SomethingNew"}]}
            """));
        using var client = server.StepFunctions();

        var events = (await client.GetExecutionHistoryAsync(new GetExecutionHistoryRequest { ExecutionArn = "arn:e", MaxResults = 2, ReverseOrder = true })).Events!;

        Assert.Equal("""{"executionArn":"arn:e","maxResults":2,"reverseOrder":true}""", server.Requests[0].Body);
        Assert.Equal((4L, HistoryEventType.ActivityFailed, "SchemaMismatch", "no column"),
            (events[0].Id, events[0].Type, events[0].ActivityFailedEventDetails!.Error, events[0].ActivityFailedEventDetails!.Cause));
        Assert.Equal("SomethingNew", events[1].Type!.Value);
    }

    [Theory]
    [InlineData("ExecutionAlreadyExists", typeof(ExecutionAlreadyExistsException))]
    [InlineData("com.amazonaws.swf.service.v2.model#TaskTimedOut", typeof(TaskTimedOutException))]
    [InlineData("TaskDoesNotExist", typeof(TaskDoesNotExistException))]
    [InlineData("InvalidToken", typeof(InvalidTokenException))]
    [InlineData("InvalidTokenException", typeof(InvalidTokenException))]
    [InlineData("SomethingNew", typeof(AmazonStepFunctionsException))]
    public async Task ErrorsOfStepFunctionsHaveTypes(string name, Type expected)
    {
        await using var server = await ScriptedServer.StartAsync(_ => (400, $$"""{"__type":"{{name}}","message":"what is wrong"}"""));
        using var client = server.StepFunctions();

        var error = await Assert.ThrowsAnyAsync<AmazonStepFunctionsException>(() => client.SendTaskHeartbeatAsync(new SendTaskHeartbeatRequest { TaskToken = "t" }));

        Assert.Equal((expected, "what is wrong", name.Split('#')[^1], HttpStatusCode.BadRequest, "request-1", ErrorType.Sender),
            (error.GetType(), error.Message, error.ErrorCode, error.StatusCode, error.RequestId, error.ErrorType));
    }

    [Fact]
    public async Task ErrorsOfXRayAreNamedInAHeader()
    {
        await using var server = await ScriptedServer.StartAsync(async (_, http) =>
        {
            http.Response.StatusCode = 429;
            http.Response.Headers["x-amzn-ErrorType"] = "ThrottledException:http://internal.amazon.com/coral/";
            await http.Response.Body.WriteAsync("""{"Message":"slow down"}"""u8.ToArray());
        });
        using var client = server.XRay();

        var error = await Assert.ThrowsAsync<ThrottledException>(() => client.PutTraceSegmentsAsync(new PutTraceSegmentsRequest { TraceSegmentDocuments = ["{}"] }));

        Assert.Equal(("slow down", "ThrottledException"), (error.Message, error.ErrorCode));
    }

    [Fact]
    public async Task AFailedCallIsTriedAgainWhereThatIsAllowed()
    {
        var asked = 0;
        await using var server = await ScriptedServer.StartAsync(_ => Interlocked.Increment(ref asked) == 1 ? (500, "<html>") : (200, """{"taskToken":"t","input":"{}"}"""));
        using var patient = server.StepFunctions(retries: 2);
        using var once = server.StepFunctions(retries: 0);

        Assert.Equal("t", (await patient.GetActivityTaskAsync(new GetActivityTaskRequest { ActivityArn = "arn:a" })).TaskToken);
        asked = 0;
        var error = await Assert.ThrowsAsync<AmazonStepFunctionsException>(() => once.GetActivityTaskAsync(new GetActivityTaskRequest { ActivityArn = "arn:a" }));
        Assert.Equal((1, HttpStatusCode.InternalServerError), (asked, error.StatusCode));
    }
}
