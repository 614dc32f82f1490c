using Amazon.StepFunctions;
using Amazon.XRay;
using EtlTracing.Aws;
using EtlTracing.Aws.Objects;
using EtlTracing.Aws.Traces;
using EtlTracing.ServiceDefaults;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace EtlTracing.Jobs;

/// <summary>
/// The process of a job. It serves an activity until it is stopped; or, with a task's token and input in its environment, runs
/// that one task and ends with exit code 0 or 1.
/// </summary>
public static class JobHost
{
    static readonly TimeSpan s_farewell = TimeSpan.FromSeconds(20);

    public static async Task<int> RunAsync(JobDefinition job, string[] args)
    {
        SdkTracing.Enable();
        var builder = WebApplication.CreateSlimBuilder(args).AddServiceDefaults();
        var settings = JobSettings.From(builder.Configuration, builder.Environment.ApplicationName);
        var token = builder.Configuration[EtlEnvironment.TaskToken];
        var input = builder.Configuration[EtlEnvironment.TaskInput];
        var services = builder.Services;
        services.AddSingleton(job);
        services.AddSingleton(settings);
        services.AddSingleton(TimeProvider.System);
        services.AddSingleton(_ => ObjectStore.CreateClient());
        services.AddSingleton(_ => new AmazonStepFunctionsClient());
        services.AddSingleton(_ => new AmazonXRayClient(new AmazonXRayConfig { MaxErrorRetry = 0, Timeout = TimeSpan.FromSeconds(5) }));
        services.AddSingleton(provider => new ParentLookup(provider.GetRequiredService<AmazonXRayClient>(), TimeProvider.System, new Random(Environment.ProcessId)));
        services.AddSingleton<JobWork>();
        services.AddSingleton<TaskRunner>();
        services.AddSingleton<TraceDestination>();

        if (!string.IsNullOrEmpty(token) && !string.IsNullOrEmpty(input)) return await RunOneAsync(builder.Build(), token, input, settings.Grace);

        if (string.IsNullOrEmpty(settings.ActivityArn))
            throw new InvalidOperationException($"{EtlEnvironment.ActivityArn} is not set: the activity to serve (or, for one task, {EtlEnvironment.TaskToken} and {EtlEnvironment.TaskInput})");
        // Past the grace a task has to be answered and its span sent; the host's own default would end the process before either.
        services.Configure<HostOptions>(host => host.ShutdownTimeout = settings.Grace + s_farewell);
        services.AddHostedService<ActivityWorker>();
        services.AddHostedService<WarmUp>();
        services.AddHostedService(provider => provider.GetRequiredService<TraceDestination>());
        await using var app = builder.Build();
        app.MapHealth();
        await app.RunAsync();
        return Environment.ExitCode;
    }

    static async Task<int> RunOneAsync(WebApplication built, string token, string input, TimeSpan grace)
    {
        await using var app = built;
        using var stop = new CancellationTokenSource();
        using var terminate = System.Runtime.InteropServices.PosixSignalRegistration.Create(System.Runtime.InteropServices.PosixSignal.SIGTERM, signal =>
        {
            signal.Cancel = true;
            stop.CancelAfter(grace);
        });
        var runner = app.Services.GetRequiredService<TaskRunner>();
        var done = await runner.RunAsync(new ArrivedTask(token, input, TimeProvider.System.GetUtcNow(), IsActivity: false), stop.Token);
        await app.Services.GetRequiredService<Telemetry>().FlushAsync(TimeSpan.FromSeconds(5));
        return done ? 0 : 1;
    }
}
