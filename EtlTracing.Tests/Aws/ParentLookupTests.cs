using System.Diagnostics;
using System.Globalization;
using EtlTracing.Aws.Traces;
using EtlTracing.Tests.Support;
using Microsoft.Extensions.Time.Testing;

namespace EtlTracing.Tests.Aws;

public class ParentLookupTests
{
    const string Execution = "arn:aws:states:us-east-2:000000000000:execution:etl-workflow:run";
    static readonly DateTimeOffset s_entered = DateTimeOffset.FromUnixTimeMilliseconds(1_763_851_234_500);
    static readonly ParentQuery s_query = new(
        ActivityTraceId.CreateFromString("6921000000000000000000000000abcd"), "Clean", s_entered, Retry: 0, Execution, ActivitySpanId.CreateFromString("ffffffffffffffff"));

    [Fact]
    public async Task AnActivitysRunningStateIsItsParentAtOnceWhereverItLies()
    {
        var found = await LookAsync(s_query, Workflow("""
            {"id":"aaaaaaaaaaaaaaaa","name":"Parallel","start_time":1763851234.0,"in_progress":true,"subsegments":[
              {"id":"bbbbbbbbbbbbbbbb","name":"Clean","start_time":1763851234.5,"in_progress":true}]}
            """));

        Assert.Equal(("bbbbbbbbbbbbbbbb", "state", 1), (found.SpanId.ToHexString(), found.Source, found.Attempts));
    }

    [Fact]
    public async Task ARetryTakesTheNewestAttempt()
    {
        var found = await LookAsync(s_query with { Retry = 1 }, Workflow("""
            {"id":"cccccccccccccccc","name":"Clean","start_time":1763851236.1,"in_progress":true},
            {"id":"bbbbbbbbbbbbbbbb","name":"Clean","start_time":1763851234.5,"end_time":1763851235}
            """));

        Assert.Equal(("cccccccccccccccc", "state", 1), (found.SpanId.ToHexString(), found.Source, found.Attempts));
    }

    [Fact]
    public async Task ARetryWaitsWhileXRayShowsTheEarlierAttemptOnly()
    {
        var found = await LookAsync(s_query with { Retry = 1 },
            Workflow("""{"id":"bbbbbbbbbbbbbbbb","name":"Clean","start_time":1763851234.5,"in_progress":true}"""),
            Workflow("""
                {"id":"bbbbbbbbbbbbbbbb","name":"Clean","start_time":1763851234.5,"end_time":1763851235},
                {"id":"cccccccccccccccc","name":"Clean","start_time":1763851236.1,"in_progress":true}
                """));

        Assert.Equal(("cccccccccccccccc", "state", 2), (found.SpanId.ToHexString(), found.Source, found.Attempts));
    }

    [Fact]
    public async Task ATraceThatAppearsLateIsWaitedFor()
    {
        var found = await LookAsync(s_query, """{"UnprocessedTraceIds":["1-69210000-00000000000000000000abcd"]}""", """{"Traces":[]}""",
            Workflow("""{"id":"bbbbbbbbbbbbbbbb","name":"Clean","start_time":1763851234.5,"in_progress":true}"""));

        Assert.Equal(("bbbbbbbbbbbbbbbb", "state", 3), (found.SpanId.ToHexString(), found.Source, found.Attempts));
    }

    [Fact]
    public async Task AfterTwoSecondsTheWorkflowsSegmentMustDo()
    {
        var found = await LookAsync(s_query, Workflow(""));

        Assert.Equal(("1111111111111111", "workflow"), (found.SpanId.ToHexString(), found.Source));
        Assert.InRange(found.Elapsed, TimeSpan.FromSeconds(1.9), TimeSpan.FromSeconds(2.6));
        Assert.InRange(found.Attempts, 4, 20);
    }

    [Theory]
    [InlineData("""{"Traces":[]}""")]
    [InlineData("""{"Traces":[{"Id":"1-a","Segments":[{"Id":"a","Document":"not JSON"}]}]}""")]
    [InlineData("not JSON")]
    public async Task WithNothingUsableTheInputsParentIsTaken(string answer)
    {
        var found = await LookAsync(s_query, answer);

        Assert.Equal(("ffffffffffffffff", "input"), (found.SpanId.ToHexString(), found.Source));
    }

    [Fact]
    public async Task WithXRayAwayTheInputsParentIsTaken()
    {
        var time = new FakeTimeProvider();
        await using var server = await ScriptedServer.StartAsync(_ => (503, "{}"));
        using var xray = server.XRay();

        var found = await RunAsync(new ParentLookup(xray, time, new Random(1)).FindAsync(s_query, CancellationToken.None), time);

        Assert.Equal(("ffffffffffffffff", "input"), (found.SpanId.ToHexString(), found.Source));
    }

    [Fact]
    public async Task WithTransactionSearchOnXRayIsNotAsked()
    {
        await using var server = await ScriptedServer.StartAsync(_ => (200, "{}"));
        using var xray = server.XRay();

        var found = await new ParentLookup(xray, TimeProvider.System, new Random(1)) { Disabled = true }.FindAsync(s_query, CancellationToken.None);

        Assert.Equal(("ffffffffffffffff", "input", 0), (found.SpanId.ToHexString(), found.Source, found.Attempts));
        Assert.Empty(server.Requests);
    }

    [Theory]
    [InlineData("""{"id":"dddddddddddddddd","name":"etl","trace_id":"t","start_time":1763851235.0,"in_progress":true,"aws":{"request_id":"r1"}}""", "dddddddddddddddd", "nested-segment")]
    [InlineData("""{"id":"dddddddddddddddd","name":"etl","trace_id":"t","start_time":1763851235.0,"in_progress":true}""", "cccccccccccccccc", "nested-call")]
    public async Task ACallUnderTheStateIsNearerThanTheStateAndItsSegmentNearest(string other, string id, string source)
    {
        var found = await LookAsync(s_query with { Activity = false }, Workflow("""
            {"id":"bbbbbbbbbbbbbbbb","name":"Clean","start_time":1763851234.5,"in_progress":true,"subsegments":[
              {"id":"cccccccccccccccc","name":"ECS","namespace":"aws","start_time":1763851234.6,"aws":{"operation":"RunTask","request_id":"r1"}}]}
            """, other));

        Assert.Equal((id, source, 1), (found.SpanId.ToHexString(), found.Source, found.Attempts));
    }

    [Fact]
    public async Task AnotherExecutionOfTheSameTraceIsNotLookedInto()
    {
        var other = Segment("2222222222222222", "arn:aws:states:us-east-2:000000000000:execution:etl-workflow:other",
            """{"id":"eeeeeeeeeeeeeeee","name":"Clean","start_time":1763851239.0,"in_progress":true}""");

        var found = await LookAsync(s_query, Workflow("""{"id":"bbbbbbbbbbbbbbbb","name":"Clean","start_time":1763851234.5,"in_progress":true}""", other));

        Assert.Equal("bbbbbbbbbbbbbbbb", found.SpanId.ToHexString());
    }

    /// <summary>X-Ray answers in this order, the last for ever; time goes on by itself.</summary>
    static async Task<FoundParent> LookAsync(ParentQuery query, params string[] answers)
    {
        var asked = 0;
        var time = new FakeTimeProvider();
        await using var server = await ScriptedServer.StartAsync(_ => (200, answers[Math.Min(Interlocked.Increment(ref asked), answers.Length) - 1]));
        using var xray = server.XRay();

        var found = await RunAsync(new ParentLookup(xray, time, new Random(1)).FindAsync(query, CancellationToken.None), time);

        Assert.All(server.Requests, request => Assert.Equal("""{"TraceIds":["1-69210000-00000000000000000000abcd"]}""", request.Body));
        return found;
    }

    static async Task<FoundParent> RunAsync(Task<FoundParent> looking, FakeTimeProvider time)
    {
        while (await Task.WhenAny(looking, Task.Delay(20)) != looking) time.Advance(TimeSpan.FromMilliseconds(50));
        return await looking;
    }

    static string Workflow(string subsegments, params string[] others) =>
        $$"""{"Traces":[{"Id":"1-a","Segments":[{{string.Join(',', others.Prepend(Segment("1111111111111111", Execution, subsegments)).Select(Document))}}]}]}""";

    static string Segment(string id, string execution, string subsegments) => string.Create(CultureInfo.InvariantCulture,
        $$"""{"id":"{{id}}","name":"etl-workflow","origin":"AWS::StepFunctions::StateMachine","start_time":1763851233.9,"in_progress":true,"aws":{"execution_arn":"{{execution}}"},"subsegments":[{{subsegments}}]}""");

    static string Document(string segment) => $$"""{"Id":"x","Document":{{System.Text.Json.JsonSerializer.Serialize(segment)}}}""";
}
