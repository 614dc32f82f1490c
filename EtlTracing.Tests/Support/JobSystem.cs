using System.Diagnostics;
using System.Text.Json;
using Amazon.Runtime;
using Amazon.S3;
using Amazon.S3.Model;
using Amazon.StepFunctions;
using Amazon.StepFunctions.Model;
using Amazon.XRay;
using EtlTracing.Aws;
using EtlTracing.Aws.Traces;
using EtlTracing.CleanJob;
using EtlTracing.Jobs;
using EtlTracing.LocalAws;
using EtlTracing.Samples;
using Microsoft.Extensions.Logging.Abstractions;

namespace EtlTracing.Tests.Support;

/// <summary>A local cloud with bucket, activity and a workflow of one state, and the clean job's runner in this process.</summary>
public sealed class JobSystem : IAsyncDisposable
{
    const string Definition = """
        {"StartAt":"Clean","States":{"Clean":{"Type":"Task","Resource":"ACTIVITY","TimeoutSeconds":60,"HeartbeatSeconds":30,"End":true,
         "Parameters":{"run.$":"$","state.$":"$$.State.Name","entered.$":"$$.State.EnteredTime","retry.$":"$$.State.RetryCount","execution.$":"$$.Execution.Id"}}}}
        """;

    readonly TemporaryFolder _folder = new();
    LocalCloud _cloud = null!;
    string _activity = null!;
    string _machine = null!;

    public RecordedSpans Spans { get; } = new();
    public AmazonS3Client S3 { get; private set; } = null!;
    public AmazonStepFunctionsClient Workflows { get; private set; } = null!;
    public AmazonXRayClient XRay { get; private set; } = null!;
    public TaskRunner Runner { get; private set; } = null!;
    public Uri Endpoint => _cloud.Endpoint;

    public static JobDefinition CleanJob => new() { State = EtlNames.CleanState, Recipe = CleanRecipe.Create, Keys = JobKeys.ForClean };

    public static async Task<JobSystem> StartAsync()
    {
        SdkTracing.Enable();
        var system = new JobSystem();
        system._cloud = await LocalCloud.StartAsync(new LocalCloudOptions { DataDirectory = system._folder.Path, Port = 0, OtlpGrpcPort = 0, OtlpHttpPort = 0 });
        var credentials = new BasicAWSCredentials("test", "test");
        var url = system.Endpoint.AbsoluteUri;
        system.S3 = ScriptedServer.S3(system.Endpoint);
        system.Workflows = new(credentials, new AmazonStepFunctionsConfig { ServiceURL = url, AuthenticationRegion = EtlNames.LocalRegion });
        system.XRay = new(credentials, new AmazonXRayConfig { ServiceURL = url, AuthenticationRegion = EtlNames.LocalRegion });
        system.Runner = Run(CleanJob, system.S3, system.Workflows, system.XRay, system.Spans);
        await system.S3.PutBucketAsync(EtlNames.Bucket);
        system._activity = (await system.Workflows.CreateActivityAsync(new CreateActivityRequest { Name = EtlNames.CleanActivity })).ActivityArn!;
        system._machine = (await system.Workflows.CreateStateMachineAsync(new CreateStateMachineRequest
        {
            Name = EtlNames.StateMachine,
            Definition = Definition.Replace("ACTIVITY", system._activity, StringComparison.Ordinal),
            RoleArn = $"arn:aws:iam::{EtlNames.LocalAccount}:role/etl-workflow",
            TracingConfiguration = new TracingConfiguration { Enabled = true },
        })).StateMachineArn!;
        return system;
    }

    /// <summary>A job's runner over any services.</summary>
    public static TaskRunner Run(JobDefinition job, AmazonS3Client s3, AmazonStepFunctionsClient workflows, AmazonXRayClient xray, RecordedSpans spans, TimeSpan? heartbeat = null)
    {
        var settings = new JobSettings { ServiceName = EtlNames.CleanJobService, HeartbeatInterval = heartbeat ?? TimeSpan.FromSeconds(10) };
        return new TaskRunner(job, settings, new JobWork(job, settings, s3, TimeProvider.System), workflows, xray,
            new ParentLookup(xray, TimeProvider.System, new Random(1)), spans.Telemetry, TimeProvider.System, NullLogger<TaskRunner>.Instance);
    }

    public static string Sample(int rows)
    {
        using var csv = new MemoryStream();
        SampleWriter.Write(csv, rows, seed: 1);
        return System.Text.Encoding.UTF8.GetString(csv.ToArray());
    }

    public Task PutAsync(string key, string content) =>
        S3.PutObjectAsync(new PutObjectRequest { BucketName = EtlNames.Bucket, Key = key, ContentBody = content, ContentType = "text/csv" });

    /// <summary>Starts a run in a new trace and takes its task.</summary>
    public async Task<(ArrivedTask Task, string Execution, ActivityTraceId Trace)> StartRunAsync(string key, bool sampled = true)
    {
        Activity.Current = null;
        using var root = new Activity("trigger").SetIdFormat(ActivityIdFormat.W3C).Start();
        if (sampled) root.ActivityTraceFlags = ActivityTraceFlags.Recorded;
        var hex = root.TraceId.ToHexString();
        var input = new RunInput
        {
            BucketName = EtlNames.Bucket,
            ObjectKey = key,
            TraceId = $"1-{hex[..8]}-{hex[8..]}",
            ParentId = root.SpanId.ToHexString(),
            Sampled = sampled,
            Etag = "e",
            Sequencer = "01",
        };
        var started = await Workflows.StartExecutionAsync(new StartExecutionRequest { StateMachineArn = _machine, Name = Guid.NewGuid().ToString("N"), Input = input.ToJson() });
        root.Stop();
        return (await TakeAsync(), started.ExecutionArn!, root.TraceId);
    }

    public async Task<DescribeExecutionResponse> EndAsync(string execution) => await Eventually.ReadsAsync(
        () => Workflows.DescribeExecutionAsync(new DescribeExecutionRequest { ExecutionArn = execution }), answer => answer.Status != ExecutionStatus.RUNNING);

    public async Task<List<JsonElement>> SegmentsAsync(ActivityTraceId trace)
    {
        var hex = trace.ToHexString();
        var answer = await XRay.BatchGetTracesAsync(new() { TraceIds = [$"1-{hex[..8]}-{hex[8..]}"] });
        return [.. (answer.Traces ?? []).SelectMany(each => each.Segments!).Select(segment => JsonDocument.Parse(segment.Document!).RootElement)];
    }

    public async ValueTask DisposeAsync()
    {
        S3.Dispose();
        Workflows.Dispose();
        XRay.Dispose();
        Spans.Dispose();
        await _cloud.DisposeAsync();
        _folder.Dispose();
    }

    async Task<ArrivedTask> TakeAsync()
    {
        var task = await Workflows.GetActivityTaskAsync(new GetActivityTaskRequest { ActivityArn = _activity, WorkerName = "test" });
        return new ArrivedTask(task.TaskToken!, task.Input!, DateTimeOffset.UtcNow, IsActivity: true);
    }
}
