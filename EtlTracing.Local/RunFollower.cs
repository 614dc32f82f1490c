using System.Text.Json.Nodes;
using Amazon.StepFunctions;
using Amazon.StepFunctions.Model;
using Amazon.XRay;
using Amazon.XRay.Model;

namespace EtlTracing.Local;

/// <summary>Finds the run that an upload started and follows it to its end, by the public APIs alone.</summary>
public sealed class RunFollower(AmazonStepFunctionsClient states, AmazonXRayClient xray, TimeProvider time)
{
    static readonly TimeSpan s_interval = TimeSpan.FromMilliseconds(100);

    /// <summary>Clocks of client and server may differ by this much, no more: they are one machine.</summary>
    static readonly TimeSpan s_clockSkew = TimeSpan.FromSeconds(1);

    /// <summary>Yields the run's status whenever it was read, the last one being over.</summary>
    public async Task<RunStatus> FollowAsync(Upload upload, Action<RunStatus> seen, CancellationToken cancellationToken)
    {
        var status = new RunStatus { Upload = upload };
        seen(status);
        while (true)
        {
            status = status.ExecutionArn is null ? await FindAsync(status, cancellationToken) : await ReadAsync(status, cancellationToken);
            seen(status);
            if (status.IsOver) return status;
            await Task.Delay(s_interval, time, cancellationToken);
        }
    }

    async Task<RunStatus> FindAsync(RunStatus status, CancellationToken cancellationToken)
    {
        var page = await states.ListExecutionsAsync(new ListExecutionsRequest { StateMachineArn = PipelineSetup.StateMachineArn, MaxResults = 1000 }, cancellationToken);
        foreach (var execution in page.Executions ?? [])
        {
            if (execution.StartDate < (status.Upload.At - s_clockSkew).UtcDateTime) break;
            var described = await states.DescribeExecutionAsync(new DescribeExecutionRequest { ExecutionArn = execution.ExecutionArn }, cancellationToken);
            var input = JsonNode.Parse(described.Input ?? "{}");
            if ((string?)input?["object_key"] != status.Upload.Key || (string?)input?["etag"] != status.Upload.ETag) continue;
            return With(status with { ExecutionArn = execution.ExecutionArn, TraceId = (string?)input["trace_id"] }, described);
        }
        return status;
    }

    async Task<RunStatus> ReadAsync(RunStatus status, CancellationToken cancellationToken)
    {
        var described = await states.DescribeExecutionAsync(new DescribeExecutionRequest { ExecutionArn = status.ExecutionArn }, cancellationToken);
        var now = With(status, described);
        if (now.IsOver || now.TraceId is null) return now;
        var traces = await xray.BatchGetTracesAsync(new BatchGetTracesRequest { TraceIds = [now.TraceId] }, cancellationToken);
        var documents = traces.Traces?.SelectMany(trace => trace.Segments ?? []).Select(segment => JsonNode.Parse(segment.Document!)) ?? [];
        // {"name":"etl-clean-job","in_progress":true,"annotations":{"etl.operation":"Clean","etl.step":"Remove Duplicates","etl.rows.out":12000}}
        var running = documents
            .Where(document => (bool?)document?["in_progress"] == true && document["annotations"]?[EtlAttributes.Step] is not null)
            .MaxBy(document => (double?)document!["start_time"]);
        return running is null ? now : now with
        {
            State = (string?)running["annotations"]![EtlAttributes.Operation],
            Step = (string?)running["annotations"]![EtlAttributes.Step],
            Rows = (long?)running["annotations"]![EtlAttributes.RowsOut],
        };
    }

    static RunStatus With(RunStatus status, DescribeExecutionResponse described) => status with
    {
        Status = described.Status?.Value,
        Started = described.StartDate,
        Stopped = described.StopDate,
        Error = described.Error,
        Cause = described.Cause,
        Output = described.Output is null ? null : JsonNode.Parse(described.Output),
    };
}
