using System.Diagnostics.CodeAnalysis;
using Amazon.StepFunctions;
using Amazon.XRay;
using EtlTracing.Aws.Traces;
using EtlTracing.Pipeline;
using EtlTracing.ServiceDefaults;
using Microsoft.Extensions.Logging;

namespace EtlTracing.Jobs;

/// <summary>One task as it came: from a poll, or from the environment.</summary>
public sealed record ArrivedTask(string Token, string Input, DateTimeOffset At, bool IsActivity);

/// <summary>Runs one task: finds its place in the trace, works, keeps the workflow informed, answers.</summary>
public sealed class TaskRunner(
    JobDefinition job, JobSettings settings, JobWork work, AmazonStepFunctionsClient workflows, AmazonXRayClient xray,
    ParentLookup parents, Telemetry telemetry, TimeProvider time, ILogger<TaskRunner> log)
{
    /// <summary>Telemetry may take this long at the end of a one-task process.</summary>
    static readonly TimeSpan s_flush = TimeSpan.FromSeconds(5);

    readonly Answers _answers = new(workflows, time, log);

    /// <summary>Never throws for what goes wrong in the task: that is answered, and recorded on its span.</summary>
    /// <param name="arrived">The task.</param>
    /// <param name="giveUp">Set when the process must end: the task is handed back for another worker.</param>
    /// <returns>True when the work was done and the workflow took the answer.</returns>
    public async Task<bool> RunAsync(ArrivedTask arrived, CancellationToken giveUp)
    {
        await using var heartbeat = new Heartbeat(workflows, arrived.Token, settings.HeartbeatInterval, time, log);
        var outcome = await WorkAsync(arrived, heartbeat, giveUp);
        // The span has ended, so that nothing that comes after the answer starts before it. Sending it need not hold the answer up.
        var flushed = telemetry.FlushTracesAsync(s_flush);
        JobMetrics.Duration(job.State, time.GetUtcNow() - arrived.At, outcome.Error);
        var taken = outcome switch
        {
            { Output: { } output } => await _answers.SucceedAsync(arrived.Token, output),
            { Lost: true } => false,
            _ => await _answers.FailAsync(arrived.Token, outcome.Error!, outcome.Cause!),
        };
        if (!arrived.IsActivity) await flushed;
        return taken && outcome.Output is not null;
    }

    [SuppressMessage("Design", "CA1031", Justification = "The edge of a task: whatever went wrong becomes its answer and its span's status.")]
    async Task<Outcome> WorkAsync(ArrivedTask arrived, Heartbeat heartbeat, CancellationToken giveUp)
    {
        JobTask task;
        try
        {
            task = JobTask.FromJson(arrived.Input);
        }
        catch (Exception exception)
        {
            log.LogError(exception, "a task came that is none of this job's");
            return Outcome.Failure("InvalidInput", exception.Message);
        }

        using var stop = CancellationTokenSource.CreateLinkedTokenSource(giveUp, heartbeat.Lost);
        var parent = await FindParentAsync(task, arrived.IsActivity, stop.Token);
        using var span = JobSpan.Start(job, task, arrived.At, parent);
        log.LogInformation("{State} begins: {Input}, attempt {Attempt} of run {Run}", job.State, task.Run.ObjectKey, task.Retry + 1, task.RunName);
        try
        {
            await using var live = span.Recorded is { } recorded ? new LiveSegment(xray, settings.ServiceName, recorded, time) : null;
            var progress = live is null ? null : new Reporter(live);
            // Engines compute between their reads and writes; polls and heartbeats go on elsewhere.
            var output = await Task.Run(() => work.RunAsync(task, progress, stop.Token), CancellationToken.None);
            span.Succeed(output);
            JobMetrics.Rows(job.State, output);
            log.LogInformation("{State} is done: {Output}, {Rows} rows of {Read}", job.State, output.OutputKey, output.RowsOut, output.RowsRead);
            return Outcome.Success(output.ToJson());
        }
        catch (Exception exception)
        {
            var outcome = Explain(exception, heartbeat, giveUp);
            span.Fail(outcome.Error!, outcome.Cause!, exception);
            log.LogError("{State} of {Input} failed: {Error}: {Cause}", job.State, task.Run.ObjectKey, outcome.Error, outcome.Cause);
            return outcome;
        }
    }

    async Task<FoundParent?> FindParentAsync(JobTask task, bool isActivity, CancellationToken cancellationToken)
    {
        if (!JobSpan.IsSampled(task.Run) || XRayHeader.ParseTraceId(task.Run.TraceId) is not { } trace) return null;
        return await parents.FindAsync(
            new ParentQuery(trace, job.State, task.Entered, task.Retry, task.Execution, XRayHeader.ParseSpanId(task.Run.ParentId), isActivity), cancellationToken);
    }

    static Outcome Explain(Exception exception, Heartbeat heartbeat, CancellationToken giveUp)
    {
        if (exception is AggregateException { InnerExceptions: [var only] }) exception = only;
        if (heartbeat.Reason is { } reason) return new(null, reason, "the workflow has given this task up", Lost: true);
        if (giveUp.IsCancellationRequested && exception is OperationCanceledException) return Outcome.Failure("WorkerStopped", "the worker was stopped; another one may take the task");
        var error = exception is DataException data ? data.ErrorName : exception.GetType().Name;
        return Outcome.Failure(error.EndsWith("Exception", StringComparison.Ordinal) ? error[..^"Exception".Length] : error, exception.Message);
    }

    sealed record Outcome(string? Output, string? Error, string? Cause, bool Lost = false)
    {
        public static Outcome Success(string output) => new(output, null, null);
        public static Outcome Failure(string error, string cause) => new(null, error, cause);
    }

    sealed class Reporter(LiveSegment live) : IProgress<PipelineProgress>
    {
        public void Report(PipelineProgress value) => live.Report(value.Step, value.Rows);
    }
}
