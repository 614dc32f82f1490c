using System.Diagnostics;

namespace EtlTracing.Jobs;

/// <summary>
/// Counts the spans that end within one job, so that its own span can say how many there are and a reader can tell whether the
/// trace is complete. Jobs that run at the same time are told apart by the flow of their asynchronous calls.
/// </summary>
static class SpanCount
{
    static readonly AsyncLocal<Counter?> s_current = new();

    static SpanCount() => ActivitySource.AddActivityListener(new ActivityListener
    {
        ShouldListenTo = source => source.Name.StartsWith("EtlTracing.", StringComparison.Ordinal),
        ActivityStopped = span =>
        {
            if (span.Recorded) s_current.Value?.Add();
        },
    });

    /// <summary>Holds for the calling method and all that it calls.</summary>
    public static Counter Begin() => s_current.Value = new Counter();

    public sealed class Counter
    {
        int _ended;

        public int Ended => Volatile.Read(ref _ended);

        public void Add() => Interlocked.Increment(ref _ended);
    }
}
