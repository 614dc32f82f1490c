using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Amazon.S3.Model;
using Amazon.StepFunctions.Model;
using EtlTracing.Local;
using EtlTracing.Tests.Support;
using EtlTracing.Traces;

namespace EtlTracing.Tests.EndToEnd;

/// <summary>What must survive: crashes of every process, bad data, events that come twice or not for us.</summary>
public sealed class FailureTests
{
    /// <summary>With a heartbeat short enough that a lost worker is noticed soon. Tests that lose none keep the usual one: a busy machine is no lost worker.</summary>
    static Task<SystemUnderTest> StartToLoseAWorkerAsync() => SystemUnderTest.StartAsync(options => options with { HeartbeatSeconds = 5, TimeoutSeconds = 200 });

    [Fact]
    public async Task AMissingColumnFailsTheRunBeforeAnyWorkWithTheWholeDifference()
    {
        await using var system = await SystemUnderTest.StartAsync();

        var run = await system.RunOfAsync(await system.UploadAsync("bad.csv", Listings.Without(Listings.Csv(200), "price")));

        Assert.Equal((RunStatus.Failed, "SchemaMismatch"), (run.Status, run.Error));
        Assert.Contains("price", run.Cause, StringComparison.Ordinal);
        Assert.Contains("something", run.Cause, StringComparison.Ordinal);
        var job = (await Eventually.ReadsAsync(() => system.SegmentsAsync(run.Input.TraceId!), found => found.Any(s => (string?)s["name"] == EtlNames.CleanJobService && (bool?)s["in_progress"] != true)))
            .Single(segment => (string?)segment["name"] == EtlNames.CleanJobService);
        Assert.True((bool?)job["fault"]);
        Assert.Contains("SchemaMismatch", job["cause"]!.ToJsonString(), StringComparison.Ordinal);
        Assert.Equal(["input/bad.csv"], await system.KeysAsync(EtlNames.InputPrefix));
        Assert.Empty(await system.KeysAsync(EtlNames.CleanPrefix));
    }

    [Fact]
    public async Task ACleanJobKilledInMidRunIsRetriedAndBothAttemptsShow()
    {
        await using var system = await StartToLoseAWorkerAsync();
        var upload = await system.UploadAsync("listings.csv", Listings.Csv(400_000));
        var killed = false;

        var run = await system.RunOfAsync(upload, status =>
        {
            if (killed || status.Progress is not { State: EtlNames.CleanState, Step: not null }) return;
            killed = true;
            system.Local.CleanJob.Kill();
        });

        Assert.True(killed, "the job was over before it could be killed");
        Assert.True(run.Status == RunStatus.Succeeded, $"{run.Status} {run.Error} {run.Cause}");
        var segments = await Eventually.ReadsAsync(() => system.SegmentsAsync(run.Input.TraceId!), HasBothAttempts);
        var workflow = segments.Single(segment => (string?)segment["origin"] == "AWS::StepFunctions::StateMachine");
        var attempts = workflow["subsegments"]!.AsArray().Where(sub => (string?)sub!["name"] == EtlNames.CleanState).Select(sub => (string?)sub!["id"]).ToArray();
        var jobs = segments.Where(segment => (string?)segment["name"] == EtlNames.CleanJobService).ToArray();
        Assert.Equal(attempts.Order(), jobs.Select(job => (string?)job["parent_id"]).Order());
        Assert.Single(jobs, job => (bool?)job["in_progress"] == true);

        static bool HasBothAttempts(JsonObject[] segments) =>
            segments.Count(segment => (string?)segment["name"] == EtlNames.CleanJobService) == 2
            && segments.Any(segment => (string?)segment["name"] == EtlNames.CleanJobService && (bool?)segment["in_progress"] != true);
    }

    [Fact]
    public async Task TheLocalCloudKilledInMidRunLosesNothing()
    {
        await using var system = await StartToLoseAWorkerAsync();
        var upload = await system.UploadAsync("listings.csv", Listings.Csv(200_000));
        Run? begun = null;
        using var cancel = new CancellationTokenSource();
        try
        {
            await new RunFollower(system.Local.Runs, TimeProvider.System).FollowAsync(upload, status =>
            {
                if (status.Run is not { IsOver: false } running) return;
                begun = running;
                cancel.Cancel();
            }, cancel.Token);
        }
        catch (OperationCanceledException)
        {
            // As wanted: it runs.
        }
        Assert.NotNull(begun);

        system.Local.Cloud.Kill();
        await Eventually.HoldsAsync(() => system.Local.Cloud.ProcessId is null);
        await Eventually.HoldsAsync(() => system.Local.Cloud.ProcessId is not null);
        var run = await Eventually.ReadsAsync(async () => await system.RunOfAsync(upload), status => status.IsOver);

        Assert.True(run.Status == RunStatus.Succeeded, $"{run.Status} {run.Error} {run.Cause}");
        Assert.Equal(begun.Arn, run.Arn);
        Assert.Equal(["input/listings.csv"], await system.KeysAsync(EtlNames.InputPrefix));
        Assert.Equal(["clean/listings.csv.parquet"], await system.KeysAsync(EtlNames.CleanPrefix));
    }

    [Fact]
    public async Task AnEventIsDeliveredWhenTheTriggerIsBack()
    {
        await using var system = await SystemUnderTest.StartAsync();
        system.Local.Trigger.Kill();
        await Eventually.HoldsAsync(() => system.Local.Trigger.ProcessId is null);

        var run = await system.RunOfAsync(await system.UploadAsync("listings.csv", Listings.Csv(200)));

        Assert.True(run.Status == RunStatus.Succeeded, $"{run.Status} {run.Error} {run.Cause}");
        Assert.Single(await system.ExecutionsAsync());
    }

    [Fact]
    public async Task TheSameEventTwiceIsOneRun()
    {
        await using var system = await SystemUnderTest.StartAsync();
        var run = await system.RunOfAsync(await system.UploadAsync("listings.csv", Listings.Csv(200)));
        var input = JsonNode.Parse((await system.Local.States.DescribeExecutionAsync(new DescribeExecutionRequest { ExecutionArn = run.Arn })).Input!)!;
        var again = new JsonObject
        {
            ["Records"] = new JsonArray(new JsonObject
            {
                ["eventVersion"] = "2.1",
                ["eventSource"] = "aws:s3",
                ["eventName"] = "ObjectCreated:Put",
                ["s3"] = new JsonObject
                {
                    ["bucket"] = new JsonObject { ["name"] = EtlNames.Bucket },
                    ["object"] = new JsonObject { ["key"] = "input/listings.csv", ["eTag"] = (string?)input["etag"], ["sequencer"] = (string?)input["sequencer"] },
                },
            }),
        };

        using var http = new HttpClient();
        var answer = await http.PostAsJsonAsync(new Uri(system.Local.TriggerUrl, EtlNames.EventsPath), again);

        Assert.True(answer.IsSuccessStatusCode, answer.ToString());
        Assert.Equal([run.Arn], (await system.ExecutionsAsync()).Select(execution => execution.ExecutionArn));
    }

    [Fact]
    public async Task ACreatedFolderStartsNoRun()
    {
        await using var system = await SystemUnderTest.StartAsync();
        await system.Local.S3.PutObjectAsync(new PutObjectRequest { BucketName = EtlNames.Bucket, Key = EtlNames.InputPrefix, ContentBody = "" });

        // Events are delivered in order, so the second upload's run proves that the first event has been seen.
        var run = await system.RunOfAsync(await system.UploadAsync("listings.csv", Listings.Csv(200)));

        Assert.Equal([run.Arn], (await system.ExecutionsAsync()).Select(execution => execution.ExecutionArn));
    }

    [Fact]
    public async Task AnUnsampledRunWritesItsDataAndNoSpans()
    {
        await using var system = await SystemUnderTest.StartAsync(options => options with { Environment = new Dictionary<string, string?> { ["OTEL_TRACES_SAMPLER"] = "always_off" } });

        var run = await system.RunOfAsync(await system.UploadAsync("listings.csv", Listings.Csv(200)));

        Assert.True(run.Status == RunStatus.Succeeded, $"{run.Status} {run.Error} {run.Cause}");
        Assert.Equal(["clean/listings.csv.parquet"], await system.KeysAsync(EtlNames.CleanPrefix));
        Assert.Empty(await system.SegmentsAsync(run.Input.TraceId!));
    }
}
