using Amazon.StepFunctions;
using Amazon.StepFunctions.Model;
using Amazon.XRay;
using Amazon.XRay.Model;

namespace EtlTracing.Traces;

/// <summary>Reads runs and their traces by the Step Functions and X-Ray APIs. Holds nothing; <see cref="RunCatalog"/> remembers.</summary>
public sealed class RunReader(AmazonStepFunctionsClient workflows, AmazonXRayClient traces, string stateMachineArn, TimeProvider time)
{
    /// <summary>What BatchGetTraces takes in one call.</summary>
    public const int TracesPerCall = 5;

    /// <summary>A run of ours has some twenty events; a workflow that loops for ever must not fill the memory.</summary>
    const int MaxHistoryPages = 5;

    /// <summary>X-Ray shows spans some seconds after they end.</summary>
    static readonly TimeSpan s_traceDelay = TimeSpan.FromMinutes(1);

    public string StateMachineArn { get; } = stateMachineArn;

    /// <summary>The newest executions without their input and output.</summary>
    public async Task<IReadOnlyList<Run>> ListAsync(int max, CancellationToken cancel)
    {
        var runs = new List<Run>();
        string? token = null;
        do
        {
            var page = await workflows.ListExecutionsAsync(
                new ListExecutionsRequest { StateMachineArn = StateMachineArn, MaxResults = Math.Min(1000, max - runs.Count), NextToken = token }, cancel);
            foreach (var item in page.Executions ?? [])
                runs.Add(new Run
                {
                    Arn = item.ExecutionArn ?? "",
                    Id = item.Name ?? "",
                    Status = Status(item.Status),
                    Started = Instant(item.StartDate) ?? default,
                    Stopped = Instant(item.StopDate),
                    Redrives = item.RedriveCount ?? 0,
                });
            token = page.NextToken;
        }
        while (token is { Length: > 0 } && runs.Count < max);
        return runs;
    }

    public async Task<Run> DescribeAsync(string arn, CancellationToken cancel)
    {
        var execution = await workflows.DescribeExecutionAsync(new DescribeExecutionRequest { ExecutionArn = arn }, cancel);
        var input = RunJson.Input(execution.Input);
        return new Run
        {
            Arn = execution.ExecutionArn ?? arn,
            Id = execution.Name ?? arn,
            Status = Status(execution.Status),
            Started = Instant(execution.StartDate) ?? default,
            Stopped = Instant(execution.StopDate),
            Redrives = execution.RedriveCount ?? 0,
            Error = execution.Error,
            Cause = execution.Cause,
            Input = input.TraceId is null ? input with { TraceId = Root(execution.TraceHeader) } : input,
            Outputs = RunJson.Outputs(execution.Output),
            IsDescribed = true,
        };
    }

    /// <summary>A run by its name or its ARN; null where there is none.</summary>
    public async Task<Run?> FindAsync(string id, CancellationToken cancel)
    {
        try
        {
            return await DescribeAsync(id.StartsWith("arn:", StringComparison.Ordinal) ? id : Arn(id), cancel);
        }
        catch (AmazonStepFunctionsException missing) when (missing.ErrorCode is "ExecutionDoesNotExist" or "InvalidArn" or "ValidationException")
        {
            return null;
        }
    }

    /// <summary>The run of a trace, by what its spans say; null where they say nothing or are not there.</summary>
    public async Task<Run?> FindByTraceAsync(string traceId, CancellationToken cancel)
    {
        var found = new Dictionary<string, Trace>(StringComparer.Ordinal);
        await ReadBatchAsync([traceId], found, cancel);
        var name = found.GetValueOrDefault(traceId)?.Tree.All.Select(span => span.Attribute(EtlAttributes.Run)).FirstOrDefault(run => run is { Length: > 0 });
        return name is null ? null : await FindAsync(name, cancel);
    }

    /// <summary><c>…:stateMachine:etl-workflow</c> → <c>…:execution:etl-workflow:ID</c></summary>
    public string Arn(string id) => $"{StateMachineArn.Replace(":stateMachine:", ":execution:", StringComparison.Ordinal)}:{id}";

    public async Task<IReadOnlyList<Attempt>> AttemptsAsync(string arn, CancellationToken cancel) => ExecutionHistory.Attempts(await EventsAsync(arn, cancel));

    async Task<IReadOnlyList<HistoryEvent>> EventsAsync(string arn, CancellationToken cancel)
    {
        var events = new List<HistoryEvent>();
        string? token = null;
        for (var page = 0; page < MaxHistoryPages; page++)
        {
            var history = await workflows.GetExecutionHistoryAsync(
                new GetExecutionHistoryRequest { ExecutionArn = arn, MaxResults = 1000, NextToken = token, IncludeExecutionData = true }, cancel);
            events.AddRange(history.Events ?? []);
            token = history.NextToken;
            if (token is not { Length: > 0 }) break;
        }
        return events;
    }

    public async Task<RunDetail> ReadAsync(Run run, CancellationToken cancel)
    {
        var trace = (await TracesAsync([run], cancel))[0];
        try
        {
            var events = await EventsAsync(run.Arn, cancel);
            return new RunDetail(run, ExecutionHistory.Attempts(events), trace) { EndedInFailState = ExecutionHistory.EndedInFailState(events) };
        }
        catch (Exception problem) when (Problem.IsTold(problem, cancel))
        {
            return new RunDetail(run, [], trace) { HistoryProblem = Problem.Words(problem, "the execution's history", "states:GetExecutionHistory") };
        }
    }

    /// <summary>The traces of these runs in their order. A trace that cannot be had is told in words, never thrown.</summary>
    public async Task<IReadOnlyList<Trace>> TracesAsync(IReadOnlyList<Run> runs, CancellationToken cancel)
    {
        var found = new Dictionary<string, Trace>(StringComparer.Ordinal);
        foreach (var ids in runs.Select(run => run.Input.TraceId).OfType<string>().Distinct().Chunk(TracesPerCall))
            try
            {
                await ReadBatchAsync(ids, found, cancel);
            }
            catch (Exception problem) when (Problem.IsTold(problem, cancel))
            {
                var state = Problem.IsDenied(problem) ? TraceState.Denied : TraceState.Unreachable;
                foreach (var id in ids) found[id] = Trace.Missing(state, Problem.Words(problem, "the trace", "xray:BatchGetTraces"));
            }
        return [.. runs.Select(run => run.Input.TraceId is { } id && found.TryGetValue(id, out var trace) ? trace : Absent(run))];
    }

    async Task ReadBatchAsync(string[] ids, Dictionary<string, Trace> found, CancellationToken cancel)
    {
        var documents = new Dictionary<string, (List<string> Documents, bool Limit)>(StringComparer.Ordinal);
        string? token = null;
        for (var page = 0; page < MaxHistoryPages * 10; page++)
        {
            var batch = await traces.BatchGetTracesAsync(new BatchGetTracesRequest { TraceIds = [.. ids], NextToken = token }, cancel);
            foreach (var trace in batch.Traces ?? [])
            {
                if (trace.Id is not { } id) continue;
                if (!documents.TryGetValue(id, out var known)) known = ([], false);
                known.Documents.AddRange((trace.Segments ?? []).Select(segment => segment.Document).OfType<string>());
                documents[id] = (known.Documents, known.Limit || trace.LimitExceeded == true);
            }
            token = batch.NextToken;
            if (token is not { Length: > 0 }) break;
        }
        foreach (var (id, (list, limit)) in documents)
            if (list.Count > 0) found[id] = new Trace(TraceState.Found, SegmentTree.Parse(list), limit, "");
    }

    Trace Absent(Run run)
    {
        if (run.Input.TraceId is null) return Trace.Missing(TraceState.NoId, "The run's input names no trace: it was started by hand or by another program.");
        if (!RunJson.Sampled(run.Input.Json)) return Trace.Missing(TraceState.NotSampled, "This run was not sampled, so it left no trace.");
        return time.GetUtcNow() - (run.Stopped ?? run.Started) < s_traceDelay
            ? Trace.Missing(TraceState.NotYet, "The trace has not arrived yet; X-Ray shows spans some seconds after they end.")
            : Trace.Missing(TraceState.Gone, "X-Ray does not know this trace. It keeps traces for 30 days, and none where Transaction Search is on.");
    }

    /// <summary><c>Root=1-5759e988-bd862e3fe1be46a994272793;Sampled=1</c>: a run that was started by hand has a trace if its caller had one.</summary>
    static string? Root(string? header) =>
        header?.Split(';', StringSplitOptions.TrimEntries).FirstOrDefault(field => field.StartsWith("Root=1-", StringComparison.Ordinal))?["Root=".Length..];

    static RunStatus Status(ExecutionStatus? status) => status?.Value switch
    {
        "SUCCEEDED" => RunStatus.Succeeded,
        "FAILED" => RunStatus.Failed,
        "TIMED_OUT" => RunStatus.TimedOut,
        "ABORTED" => RunStatus.Aborted,
        _ => RunStatus.Running,
    };

    static DateTimeOffset? Instant(DateTime? time) =>
        time is { } moment && moment != default ? new DateTimeOffset(moment.ToUniversalTime(), TimeSpan.Zero) : null;
}
