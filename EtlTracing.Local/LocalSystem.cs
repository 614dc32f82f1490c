using System.Globalization;
using System.Text.RegularExpressions;
using Amazon.S3;
using Amazon.StepFunctions;
using Amazon.XRay;
using EtlTracing.Traces;

namespace EtlTracing.Local;

/// <summary>The whole system on this machine: the local cloud, trigger, both jobs and the viewer, a process each.</summary>
public sealed partial class LocalSystem : IAsyncDisposable
{
    readonly LocalSystemOptions _options;

    LocalSystem(LocalSystemOptions options, ChildProcess cloud, Uri endpoint, Uri otlpGrpc, Uri otlpHttp)
    {
        _options = options;
        Cloud = cloud;
        Endpoint = endpoint;
        OtlpGrpc = otlpGrpc;
        OtlpHttp = otlpHttp;
        S3 = PipelineSetup.S3(endpoint);
        States = PipelineSetup.States(endpoint);
        XRay = PipelineSetup.XRay(endpoint);
        Runs = new RunReader(States, XRay, StateMachineArn, TimeProvider.System);
    }

    public ChildProcess Cloud { get; }
    public ChildProcess Trigger { get; private set; } = null!;
    public ChildProcess CleanJob { get; private set; } = null!;
    public ChildProcess ProcessJob { get; private set; } = null!;
    public ChildProcess? Viewer { get; private set; }

    /// <summary>S3, Step Functions and X-Ray.</summary>
    public Uri Endpoint { get; }
    public Uri OtlpGrpc { get; }
    public Uri OtlpHttp { get; }
    public AmazonS3Client S3 { get; }
    public AmazonStepFunctionsClient States { get; }
    public AmazonXRayClient XRay { get; }
    public RunReader Runs { get; }
    public static string StateMachineArn => PipelineSetup.StateMachineArn;
    public Uri TriggerUrl { get; private set; } = null!;

    /// <summary>The viewer's URL when it is up; null without one.</summary>
    public async Task<Uri?> ViewerUrlAsync(CancellationToken cancellationToken) => Viewer is null ? null : Address(await Viewer.ReadyAsync(cancellationToken), "url");

    /// <summary>Starts everything and sets the local cloud up; returns when uploads will be worked on.</summary>
    /// <param name="say">Takes what a person should know: a process died, was started again, had to be killed.</param>
    /// <exception cref="ChildProcessException">A process ended before it was ready.</exception>
    public static async Task<LocalSystem> StartAsync(LocalSystemOptions options, Action<string> say, CancellationToken cancellationToken)
    {
        var logs = Path.Combine(options.DataFolder, "logs");
        var cloud = ChildProcess.Start(CloudPlan(options), logs, say);
        LocalSystem? system = null;
        try
        {
            var ready = await cloud.ReadyAsync(cancellationToken);
            system = new LocalSystem(options, cloud, Address(ready, "endpoint"), Address(ready, "grpc"), Address(ready, "http"));
            system.Trigger = ChildProcess.Start(system.WorkerPlan(EtlNames.TriggerService, "EtlTracing.Trigger", options.TriggerPort), logs, say);
            system.CleanJob = ChildProcess.Start(system.WorkerPlan(EtlNames.CleanJobService, "EtlTracing.CleanJob", 0, EtlNames.CleanActivity), logs, say);
            system.ProcessJob = ChildProcess.Start(system.WorkerPlan(EtlNames.ProcessJobService, "EtlTracing.ProcessJob", 0, EtlNames.ProcessActivity), logs, say);

            // While they start: the jobs ask for work as soon as they are up.
            await PipelineSetup.CreateWorkflowAsync(system.Endpoint, Path.Combine(AppContext.BaseDirectory, "workflow.asl.json"), options.TimeoutSeconds, options.HeartbeatSeconds, cancellationToken);
            system.TriggerUrl = Address(await system.Trigger.ReadyAsync(cancellationToken), "url");
            await PipelineSetup.NotifyAsync(system.Endpoint, new Uri(system.TriggerUrl, EtlNames.EventsPath), cancellationToken);
            await Task.WhenAll(system.CleanJob.ReadyAsync(cancellationToken), system.ProcessJob.ReadyAsync(cancellationToken));
            // Last and not waited for: the first upload needs the processors more.
            if (options.WithViewer) system.Viewer = ChildProcess.Start(system.WorkerPlan(EtlNames.ViewerService, "EtlTracing.Viewer", options.ViewerPort), logs, say);
            return system;
        }
        catch
        {
            await (system?.DisposeAsync() ?? cloud.DisposeAsync());
            throw;
        }
    }

    /// <summary>Ends the processes, the local cloud last: the others still write to it while they end.</summary>
    public async ValueTask DisposeAsync()
    {
        ChildProcess?[] clients = [Trigger, CleanJob, ProcessJob, Viewer];
        await Task.WhenAll(clients.OfType<ChildProcess>().Select(client => client.DisposeAsync().AsTask()));
        await Cloud.DisposeAsync();
        S3.Dispose();
        States.Dispose();
        XRay.Dispose();
    }

    static ChildProcessPlan CloudPlan(LocalSystemOptions options) => new("local-aws", "EtlTracing.LocalAws", CloudReady(), last =>
    {
        string Port(int wanted, string group) => (last is null ? wanted : Address(last, group).Port).ToString(CultureInfo.InvariantCulture);
        List<string> arguments =
        [
            "--stop-on-stdin-end", "--data", Path.Combine(options.DataFolder, "cloud"),
            "--port", Port(options.Port, "endpoint"), "--otlp-grpc-port", Port(options.OtlpGrpcPort, "grpc"), "--otlp-http-port", Port(options.OtlpHttpPort, "http"),
        ];
        foreach (var attribute in EtlAttributes.Indexed) arguments.AddRange(["--indexed-attribute", attribute]);
        return new ChildProcessStart(arguments, new Dictionary<string, string?>(options.Environment)
        {
            ["OTEL_EXPORTER_OTLP_ENDPOINT"] = options.ForwardTelemetryTo?.AbsoluteUri,
        });
    });

    ChildProcessPlan WorkerPlan(string service, string project, int port, string? activity = null) => new(service, project, ListeningOn(), last =>
    {
        var url = last is null ? new Uri($"http://127.0.0.1:{port.ToString(CultureInfo.InvariantCulture)}") : Address(last, "url");
        return new ChildProcessStart([], new Dictionary<string, string?>(_options.Environment)
        {
            ["ASPNETCORE_URLS"] = url.GetLeftPart(UriPartial.Authority),
            ["AWS_ENDPOINT_URL"] = Endpoint.GetLeftPart(UriPartial.Authority),
            ["AWS_REGION"] = EtlNames.LocalRegion,
            ["AWS_ACCESS_KEY_ID"] = "local",
            ["AWS_SECRET_ACCESS_KEY"] = "local",
            // A person's own AWS settings must not send the local system's calls to their account.
            ["AWS_SESSION_TOKEN"] = null,
            ["AWS_PROFILE"] = null,
            ["AWS_ENDPOINT_URL_S3"] = null,
            ["AWS_ENDPOINT_URL_SFN"] = null,
            ["AWS_ENDPOINT_URL_XRAY"] = null,
            ["AWS_IGNORE_CONFIGURED_ENDPOINT_URLS"] = null,
            ["AWS_EC2_METADATA_DISABLED"] = "true",
            ["OTEL_EXPORTER_OTLP_ENDPOINT"] = OtlpGrpc.GetLeftPart(UriPartial.Authority),
            ["OTEL_EXPORTER_OTLP_PROTOCOL"] = "grpc",
            // The SDK's default of 5 s would make a person wait for the end of the trace.
            ["OTEL_BSP_SCHEDULE_DELAY"] = "200",
            ["OTEL_SERVICE_NAME"] = service,
            [EtlEnvironment.Bucket] = EtlNames.Bucket,
            [EtlEnvironment.StateMachineArn] = PipelineSetup.StateMachineArn,
            [EtlEnvironment.ActivityArn] = activity is null ? null : PipelineSetup.ActivityArn(activity),
            [EtlEnvironment.HeartbeatSeconds] = _options.JobHeartbeatSeconds.ToString(CultureInfo.InvariantCulture),
            [EtlEnvironment.StopOnStdinEnd] = "1",
        });
    });

    static Uri Address(Match ready, string group) => new(ready.Groups[group].Value);

    // ready {"endpoint":"http://127.0.0.1:4566","otlpGrpc":"http://127.0.0.1:4317","otlpHttp":"http://127.0.0.1:4318"}
    [GeneratedRegex("""^ready \{"endpoint":"(?<endpoint>[^"]+)","otlpGrpc":"(?<grpc>[^"]+)","otlpHttp":"(?<http>[^"]+)"\}""")]
    private static partial Regex CloudReady();

    // info: Microsoft.Hosting.Lifetime[14] Now listening on: http://127.0.0.1:41234
    [GeneratedRegex(@"Now listening on: (?<url>http://\S+)")]
    private static partial Regex ListeningOn();
}
