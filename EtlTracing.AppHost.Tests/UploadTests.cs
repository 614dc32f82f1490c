using Amazon.Runtime;
using Amazon.StepFunctions;
using Amazon.XRay;
using EtlTracing.Traces;
using Microsoft.Extensions.DependencyInjection;

namespace EtlTracing.AppHost.Tests;

/// <summary>The whole system as Aspire runs it: the command uploads, and the run's trace is read back by the X-Ray API.</summary>
public sealed class UploadTests : IDisposable
{
    const string StateMachine = $"arn:aws:states:{EtlNames.LocalRegion}:{EtlNames.LocalAccount}:stateMachine:{EtlNames.StateMachine}";

    readonly string _data = Directory.CreateTempSubdirectory("etl-apphost").FullName;

    // More than any of the waits below should need, also on a slow machine that pulls an image.
    readonly CancellationTokenSource _patience = new(TimeSpan.FromMinutes(5));

    [Fact]
    public Task WithoutContainersAnUploadIsOneWholeTrace() => AnUploadIsOneWholeTraceAsync("--Etl:Collector=none");

    [ContainersFact]
    public Task ThroughTheCollectorAnUploadIsOneWholeTrace() => AnUploadIsOneWholeTraceAsync();

    public void Dispose()
    {
        _patience.Dispose();
        Directory.Delete(_data, recursive: true);
    }

    async Task AnUploadIsOneWholeTraceAsync(params string[] args)
    {
        await using var builder = await DistributedApplicationTestingBuilder.CreateAsync<Projects.EtlTracing_AppHost>([$"--Etl:Data={_data}", .. args]);
        await using var app = await builder.BuildAsync(_patience.Token);
        await app.StartAsync(_patience.Token);
        foreach (var process in new[] { "trigger", "clean-job", "process-job" })
            await app.ResourceNotifications.WaitForResourceHealthyAsync(process, _patience.Token);

        var uploaded = await app.Services.GetRequiredService<ResourceCommandService>().ExecuteCommandAsync("aws", "upload-sample", _patience.Token);
        Assert.True(uploaded.Success, uploaded.Message);

        var cloud = app.GetEndpoint("aws", "http").GetLeftPart(UriPartial.Authority);
        var anyone = new BasicAWSCredentials("local", "local");
        using var states = new AmazonStepFunctionsClient(anyone, new AmazonStepFunctionsConfig { ServiceURL = cloud, AuthenticationRegion = EtlNames.LocalRegion });
        using var xray = new AmazonXRayClient(anyone, new AmazonXRayConfig { ServiceURL = cloud, AuthenticationRegion = EtlNames.LocalRegion });
        var reader = new RunReader(states, xray, StateMachine, TimeProvider.System);

        var found = await UntilAsync(async () => (await reader.ListAsync(1, _patience.Token)).SingleOrDefault(run => run.IsOver));
        var run = await reader.DescribeAsync(found.Arn, _patience.Token);
        Assert.True(run.Status == RunStatus.Succeeded, $"{run.Status}: {run.Error}: {run.Cause}");
        Assert.Equal(20_000, run.RowsRead);

        // Spans arrive after the run: each process sends its own, in its own time.
        string[] expected =
        [
            $"{EtlNames.TriggerService} <- ",
            $"{EtlNames.StateMachine} <- SFN",
            $"{EtlNames.CleanJobService} <- {EtlNames.CleanState}",
            $"{EtlNames.ProcessJobService} <- {EtlNames.ProcessState}",
        ];
        await UntilAsync(async () =>
        {
            var tree = (await reader.ReadAsync(run, _patience.Token)).Tree;
            var segments = tree.All.Where(span => span.IsSegment && !span.Inferred).Select(span => $"{span.Name} <- {span.Parent?.Name}");
            return tree.Orphans == 0 && segments.Order().SequenceEqual(expected.Order()) ? tree : null;
        });
    }

    async Task<T> UntilAsync<T>(Func<Task<T?>> find) where T : class
    {
        while (true)
        {
            if (await find() is { } found) return found;
            await Task.Delay(TimeSpan.FromMilliseconds(200), _patience.Token);
        }
    }
}
