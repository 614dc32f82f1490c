using System.Diagnostics;

namespace EtlTracing.Pipeline.Running;

/// <summary>
/// The spans of a run, and the only place that makes them. A step at a time they are plain. Streamed, where the parts of many batches are worked
/// on at once, each gets its share of the run's time, laid end to end, and says how long threads were really busy with it.
/// </summary>
sealed class RunSpans
{
    const string Read = "Read Data", Write = "Write Data";

    static readonly ActivitySource s_source = new("EtlTracing.Pipeline");

    readonly Activity? _parent = Activity.Current;
    readonly string _group;

    public RunSpans(string group) => _group = group;

    /// <summary>Whoever opens the source does it under this span.</summary>
    public Activity? StartReading()
    {
        Activity.Current = _parent;
        return Start(Read);
    }

    /// <summary>Whoever creates the outputs does it under this span.</summary>
    public Activity? StartWriting()
    {
        Activity.Current = _parent;
        return Start(Write);
    }

    public Activity? StartGroup()
    {
        Activity.Current = _parent;
        return Start(_group);
    }

    public static Activity? Start(string name)
    {
        var span = s_source.StartActivity(name);
        span?.SetTag(EtlAttributes.Step, name);
        return span;
    }

    public static void Describe(Activity? span, PlannedStep step) => Describe(span, step.RowsIn, step.RowsOut, step.Rejected, step.Busy);

    public static void Describe(Activity? span, long rowsIn, long rowsOut, long rejected, TimeSpan busy)
    {
        span?.SetTag(EtlAttributes.RowsIn, rowsIn);
        span?.SetTag(EtlAttributes.RowsOut, rowsOut);
        if (rejected > 0) span?.SetTag(EtlAttributes.RowsRejected, rejected);
        span?.SetTag(EtlAttributes.BusyMilliseconds, Math.Round(busy.TotalMilliseconds, 3));
    }

    public static void Fail(Activity? span, Exception failure)
    {
        span?.SetStatus(ActivityStatusCode.Error, failure.Message);
        span?.AddException(failure);
    }

    /// <summary>Ends the spans of a streamed run, each with its share of the time since reading began.</summary>
    public void Apportion(Activity? reading, Activity? writing, IReadOnlyList<PlannedStep> steps, TimeSpan readBusy, TimeSpan writeBusy, TimeSpan wall, PlannedStep? failed, Exception? failure)
    {
        if (reading is null) return;
        var begin = reading.StartTimeUtc;
        var busy = readBusy + writeBusy + steps.Aggregate(TimeSpan.Zero, (sum, step) => sum + step.Busy);
        var share = busy > TimeSpan.Zero ? wall / busy : 0;

        var at = begin + readBusy * share;
        End(reading, begin, at);

        Activity.Current = _parent;
        var group = s_source.StartActivity(_group, ActivityKind.Internal, default(ActivityContext), startTime: at);
        var first = at;
        foreach (var step in steps)
        {
            var span = s_source.StartActivity(step.Name, ActivityKind.Internal, default(ActivityContext), startTime: at);
            span?.SetTag(EtlAttributes.Step, step.Name);
            Describe(span, step);
            if (step == failed) Fail(span, failure!);
            End(span, at, at += step.Busy * share);
        }

        Describe(group, steps.Count > 0 ? steps[0].RowsIn : 0, steps.Count > 0 ? steps[^1].RowsOut : 0, steps.Sum(step => step.Rejected), busy - readBusy - writeBusy);
        group?.SetTag(EtlAttributes.Step, _group);
        if (failed is not null) Fail(group, failure!);
        End(group, first, at);
        if (writing is not null) End(writing, at, begin + wall);
        Activity.Current = _parent;
    }

    static void End(Activity? span, DateTime start, DateTime end)
    {
        if (span is null) return;
        span.SetTag(EtlAttributes.Timing, "apportioned");
        span.SetStartTime(start);

        // An end equal to the start would be taken for none, and the clock's time be put in its place.
        span.SetEndTime(end > start ? end : start.AddTicks(1));
        span.Stop();
    }
}
