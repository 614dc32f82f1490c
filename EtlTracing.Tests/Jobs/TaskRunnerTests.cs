using System.Diagnostics;
using System.Text.Json;
using Amazon.S3.Model;
using Amazon.StepFunctions;
using EtlTracing.Tests.Support;

namespace EtlTracing.Tests.Jobs;

public sealed class TaskRunnerTests : IAsyncLifetime
{
    JobSystem _system = null!;

    public async Task InitializeAsync() => _system = await JobSystem.StartAsync();

    public async Task DisposeAsync() => await _system.DisposeAsync();

    [Fact]
    public async Task AJobAnswersWithWhatItDidAndItsOutputNamesTheRun()
    {
        await _system.PutAsync("input/a b.csv", JobSystem.Sample(300));
        var (task, execution, trace) = await _system.StartRunAsync("input/a b.csv");

        Assert.True(await _system.Runner.RunAsync(task, CancellationToken.None));

        var ended = await _system.EndAsync(execution);
        Assert.Equal(ExecutionStatus.SUCCEEDED, ended.Status);
        var output = JsonDocument.Parse(ended.Output!).RootElement;
        Assert.Equal(
            ["output_key", "output_etag", "rows_read", "rows_out", "rows_rejected", "rejects", "rejected_key", "groups_key", "bytes_read", "bytes_written", "steps", "superseded"],
            output.EnumerateObject().Select(member => member.Name));
        Assert.Equal(("clean/a b.csv.parquet", false), (output.GetProperty("output_key").GetString(), output.GetProperty("superseded").GetBoolean()));
        Assert.InRange(output.GetProperty("rows_out").GetInt64(), 1, output.GetProperty("rows_read").GetInt64());
        Assert.Equal(["name", "rows_in", "rows_out"], output.GetProperty("steps")[0].EnumerateObject().Select(member => member.Name));

        var stored = await _system.S3.GetObjectMetadataAsync(new GetObjectMetadataRequest { BucketName = EtlNames.Bucket, Key = "clean/a b.csv.parquet" });
        Assert.Equal(output.GetProperty("output_etag").GetString(), stored.ETag.Trim('"'));
        var hex = trace.ToHexString();
        Assert.Equal(
            [("x-amz-meta-etl-input-etag", "e"), ("x-amz-meta-etl-input-key", "input/a b.csv"), ("x-amz-meta-etl-run", execution.Split(':')[^1]), ("x-amz-meta-etl-sequencer", "01"), ("x-amz-meta-etl-trace-id", $"1-{hex[..8]}-{hex[8..]}")],
            stored.Metadata.Keys.Order(StringComparer.Ordinal).Select(key => (key, stored.Metadata[key])));
    }

    [Fact]
    public async Task AJobsSpanLiesUnderItsStateFromItsTasksArrivalAndCountsItsSpans()
    {
        await _system.PutAsync("input/a.csv", JobSystem.Sample(300));
        var (task, execution, trace) = await _system.StartRunAsync("input/a.csv");

        await _system.Runner.RunAsync(task, CancellationToken.None);

        var spans = _system.Spans.Of(trace).Where(span => span.DisplayName != "SFN.StartExecution").ToList();
        var job = Assert.Single(spans, span => span.Kind == ActivityKind.Server);
        var state = (await _system.SegmentsAsync(trace)).Single(segment => segment.GetProperty("name").GetString() == EtlNames.StateMachine).GetProperty("subsegments")[0];
        Assert.Equal(("Clean", state.GetProperty("id").GetString(), task.At.UtcDateTime), (job.DisplayName, job.ParentSpanId.ToHexString(), job.StartTimeUtc));
        Assert.Equal(("Clean", execution.Split(':')[^1], "input/a.csv", 1, "state", spans.Count),
            (job.GetTagItem("etl.operation"), job.GetTagItem("etl.run"), job.GetTagItem("etl.input"), job.GetTagItem("etl.attempt"), job.GetTagItem("etl.parent.source"), job.GetTagItem("etl.spans")));
        Assert.Equal(["S3.GetObject", "S3.PutObject"], spans.Where(span => span.Kind == ActivityKind.Client).Select(span => span.DisplayName).Order(StringComparer.Ordinal).Distinct());
        Assert.Equal("Read Data", spans.Single(span => span.DisplayName == "S3.GetObject").Parent?.DisplayName);
    }

    [Fact]
    public async Task ARunningJobShowsItselfInXRay()
    {
        await _system.PutAsync("input/a.csv", JobSystem.Sample(300));
        var (task, _, trace) = await _system.StartRunAsync("input/a.csv");

        await _system.Runner.RunAsync(task, CancellationToken.None);

        // No exporter sends the finished span to this cloud, so that the job's mark stays.
        var job = _system.Spans.Of(trace).Single(span => span.Kind == ActivityKind.Server);
        var live = (await _system.SegmentsAsync(trace)).SingleOrDefault(segment => segment.GetProperty("id").GetString() == job.SpanId.ToHexString());
        if (live.ValueKind == JsonValueKind.Undefined) return;
        Assert.Equal((EtlNames.CleanJobService, true, job.ParentSpanId.ToHexString(), "input/a.csv"),
            (live.GetProperty("name").GetString(), live.GetProperty("in_progress").GetBoolean(), live.GetProperty("parent_id").GetString(), live.GetProperty("annotations").GetProperty("etl.input").GetString()));
        Assert.InRange(live.GetProperty("metadata").GetProperty("default").GetProperty(EtlAttributes.Seen).GetDouble(), live.GetProperty("start_time").GetDouble() - 0.001, DateTimeOffset.UtcNow.ToUnixTimeMilliseconds() / 1000.0);
    }

    [Fact]
    public async Task AnUnsampledRunWritesItsDataAndNoSpans()
    {
        await _system.PutAsync("input/a.csv", JobSystem.Sample(300));
        var (task, execution, trace) = await _system.StartRunAsync("input/a.csv", sampled: false);

        Assert.True(await _system.Runner.RunAsync(task, CancellationToken.None));

        Assert.Equal(ExecutionStatus.SUCCEEDED, (await _system.EndAsync(execution)).Status);
        Assert.Empty(_system.Spans.Of(trace));
        Assert.Empty(await _system.SegmentsAsync(trace));
    }

    [Fact]
    public async Task AFileWithoutANeededColumnFailsTheRunBeforeAnyWork()
    {
        await _system.PutAsync("input/a.csv", "id,NAME\n1,x\n");
        var (task, execution, trace) = await _system.StartRunAsync("input/a.csv");

        Assert.False(await _system.Runner.RunAsync(task, CancellationToken.None));

        var ended = await _system.EndAsync(execution);
        Assert.Equal((ExecutionStatus.FAILED, "SchemaMismatch"), (ended.Status, ended.Error));
        Assert.Contains("price", ended.Cause!, StringComparison.OrdinalIgnoreCase);
        var job = _system.Spans.Of(trace).Single(span => span.Kind == ActivityKind.Server);
        Assert.Equal((ActivityStatusCode.Error, "SchemaMismatch", ended.Cause), (job.Status, job.GetTagItem("error.type"), job.StatusDescription));
        Assert.Equal("exception", Assert.Single(job.Events).Name);
        Assert.Empty((await _system.S3.ListObjectsV2Async(new ListObjectsV2Request { BucketName = EtlNames.Bucket, Prefix = "clean/" })).S3Objects ?? []);
    }

    [Fact]
    public async Task AnInputThatIsGoneFailsTheRun()
    {
        var (task, execution, _) = await _system.StartRunAsync("input/gone.csv");

        Assert.False(await _system.Runner.RunAsync(task, CancellationToken.None));

        var ended = await _system.EndAsync(execution);
        Assert.Equal(("InvalidInput", "there is no object input/gone.csv in etl"), (ended.Error, ended.Cause));
    }
}
