using System.Diagnostics;
using EtlTracing.Aws;
using EtlTracing.Aws.Traces;

namespace EtlTracing.Jobs;

/// <summary>The span of one task, from its arrival to its end, under the parent that X-Ray or the input names.</summary>
sealed class JobSpan : IDisposable
{
    static readonly ActivitySource s_source = new("EtlTracing.Jobs");

    readonly Activity? _span;
    readonly SpanCount.Counter _spans;

    JobSpan(Activity? span, SpanCount.Counter spans) => (_span, _spans) = (span, spans);

    /// <summary>Null when the run is not sampled.</summary>
    public Activity? Recorded => _span is { Recorded: true } ? _span : null;

    /// <summary>The span is current in the calling method from here on, so this must not be asynchronous.</summary>
    public static JobSpan Start(JobDefinition job, JobTask task, DateTimeOffset arrived, FoundParent? parent)
    {
        var spans = SpanCount.Begin();
        Activity.Current = null;
        var context = XRayHeader.ParseTraceId(task.Run.TraceId) is { } trace
            ? new ActivityContext(trace, parent?.SpanId ?? default, IsSampled(task.Run) ? ActivityTraceFlags.Recorded : ActivityTraceFlags.None, isRemote: true)
            : default;
        var span = s_source.StartActivity(job.State, ActivityKind.Server, context, startTime: arrived);
        span?.SetTag(EtlAttributes.Operation, job.State)
            .SetTag(EtlAttributes.Run, task.RunName)
            .SetTag(EtlAttributes.Input, task.Run.ObjectKey)
            .SetTag(EtlAttributes.Attempt, task.Retry + 1);
        if (parent is not null)
            span?.SetTag(EtlAttributes.ParentSource, parent.Source)
                .SetTag("etl.parent.attempts", parent.Attempts)
                .SetTag("etl.parent.ms", Math.Round(parent.Elapsed.TotalMilliseconds, 1));
        return new JobSpan(span, spans);
    }

    /// <summary>Whoever started the run decided; a run started by hand, which says nothing, is sampled.</summary>
    public static bool IsSampled(RunInput run) => run.Sampled ?? true;

    public void Succeed(JobOutput output) =>
        _span?.SetTag(EtlAttributes.RowsIn, output.RowsRead)
            .SetTag(EtlAttributes.RowsOut, output.RowsOut)
            .SetTag(EtlAttributes.RowsRejected, output.RowsRejected)
            .SetTag(EtlAttributes.BytesRead, output.BytesRead)
            .SetTag(EtlAttributes.BytesWritten, output.BytesWritten);

    public void Fail(string error, string cause, Exception exception) =>
        _span?.SetTag("error.type", error).SetStatus(ActivityStatusCode.Error, cause).AddException(exception);

    public void Dispose()
    {
        if (_span is null) return;
        _span.SetTag(EtlAttributes.Spans, _spans.Ended + 1);
        _span.Dispose();
    }
}
