using Amazon.StepFunctions;
using EtlTracing.CleanJob;
using EtlTracing.Tests.Support;

namespace EtlTracing.Tests.Jobs;

public sealed class OneTaskTests : IAsyncLifetime
{
    JobSystem _system = null!;
    OtlpRecorder _telemetry = null!;

    public async Task InitializeAsync() => (_system, _telemetry) = (await JobSystem.StartAsync(), await OtlpRecorder.StartAsync());

    public async Task DisposeAsync()
    {
        await _telemetry.DisposeAsync();
        await _system.DisposeAsync();
    }

    [Fact]
    public async Task ATaskFromTheEnvironmentIsRunAndEndsTheProcessWithZero()
    {
        await _system.PutAsync("input/a.csv", JobSystem.Sample(300));

        var (exitCode, execution, trace, said) = await RunAsync("input/a.csv");

        Assert.True(exitCode == 0, said);
        Assert.Equal(ExecutionStatus.SUCCEEDED, (await _system.EndAsync(execution)).Status);
        var spans = _telemetry.Spans.Where(span => span.TraceId == trace).ToList();
        var job = Assert.Single(spans, span => span.Kind == "Server");
        Assert.Equal((EtlNames.CleanJobService, "Clean", (long)spans.Count), (job.Service, job.Name, job.Attributes["etl.spans"]));
        Assert.DoesNotContain("cloud.provider", job.Resource.Keys);
        Assert.Contains("etl.rows", _telemetry.Metrics);
        Assert.Contains("etl.job.duration", _telemetry.Metrics);
        Assert.Contains("dotnet.gc.collections", _telemetry.Metrics);
        Assert.Contains(_telemetry.Logs, log => log.TraceId == trace && log.Body.StartsWith("Clean begins", StringComparison.Ordinal));
    }

    [Fact]
    public async Task AFailedTaskEndsTheProcessWithOneAndExportsAnErrorSpan()
    {
        await _system.PutAsync("input/a.csv", "id\n1\n");

        var (exitCode, execution, trace, said) = await RunAsync("input/a.csv");

        Assert.True(exitCode == 1, said);
        Assert.Equal("SchemaMismatch", (await _system.EndAsync(execution)).Error);
        var job = Assert.Single(_telemetry.Spans, span => span.TraceId == trace && span.Kind == "Server");
        Assert.Equal(("Error", "SchemaMismatch"), (job.Status, job.Attributes["error.type"]));
        Assert.Equal("exception", Assert.Single(job.Events).Name);
    }

    async Task<(int ExitCode, string Execution, string Trace, string Said)> RunAsync(string key)
    {
        var (task, execution, trace) = await _system.StartRunAsync(key);
        await using var process = ServiceProcess.Start(typeof(CleanRecipe).Assembly, new Dictionary<string, string>
        {
            ["AWS_ENDPOINT_URL"] = _system.Endpoint.AbsoluteUri,
            ["ETL_TASK_TOKEN"] = task.Token,
            ["ETL_TASK_INPUT"] = task.Input,
            ["OTEL_SERVICE_NAME"] = EtlNames.CleanJobService,
            ["OTEL_EXPORTER_OTLP_ENDPOINT"] = _telemetry.Grpc.AbsoluteUri,
        });
        return (await process.ExitCodeAsync(), execution, trace.ToHexString(), string.Join('\n', process.Lines));
    }
}
