using System.Diagnostics.Metrics;

namespace EtlTracing.Jobs;

static class JobMetrics
{
    static readonly Meter s_meter = new("EtlTracing.Jobs");
    static readonly Counter<long> s_rows = s_meter.CreateCounter<long>("etl.rows", "{row}", "Rows that jobs let pass or rejected");
    static readonly Histogram<double> s_duration = s_meter.CreateHistogram<double>("etl.job.duration", "s", "From a task's arrival to its answer",
        advice: new InstrumentAdvice<double> { HistogramBucketBoundaries = [0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120, 300, 900] });

    public static void Rows(string operation, JobOutput output)
    {
        s_rows.Add(output.RowsOut, new KeyValuePair<string, object?>(EtlAttributes.Operation, operation), new("etl.outcome", "passed"));
        s_rows.Add(output.RowsRejected, new KeyValuePair<string, object?>(EtlAttributes.Operation, operation), new("etl.outcome", "rejected"));
    }

    public static void Duration(string operation, TimeSpan duration, string? error)
    {
        if (error is null) s_duration.Record(duration.TotalSeconds, new KeyValuePair<string, object?>(EtlAttributes.Operation, operation));
        else s_duration.Record(duration.TotalSeconds, new(EtlAttributes.Operation, operation), new("error.type", error));
    }
}
