using System.Net;
using Amazon.Runtime;
using EtlTracing.Traces;

namespace EtlTracing.Local;

/// <summary>Finds the run that an upload started and follows it to its end, by the public APIs alone.</summary>
public sealed class RunFollower(RunReader reader, TimeProvider time)
{
    const int NewestRuns = 1000;
    static readonly TimeSpan s_interval = TimeSpan.FromMilliseconds(100);

    /// <summary>Clocks of client and server may differ by this much, no more: they are one machine.</summary>
    static readonly TimeSpan s_clockSkew = TimeSpan.FromSeconds(1);

    /// <summary>Processes send their last spans within a second; more than that, and some are lost.</summary>
    static readonly TimeSpan s_patience = TimeSpan.FromSeconds(5);

    /// <param name="seen">Gets the run whenever it was read.</param>
    /// <returns>The run when it is over, with its trace as whole as it got.</returns>
    public async Task<FollowedRun> FollowAsync(Upload upload, Action<FollowedRun> seen, CancellationToken cancellationToken)
    {
        var followed = new FollowedRun(upload, null);
        while (true)
        {
            seen(followed);
            try
            {
                var run = followed.Run is { } known ? await reader.DescribeAsync(known.Arn, cancellationToken) : await FindAsync(upload, cancellationToken);
                if (run is not null) followed = followed with { Detail = await reader.ReadAsync(run, cancellationToken) };
            }
            catch (Exception down) when (IsPassing(down))
            {
                // The local cloud died and is being started again, or was told to fail: the run goes on without us.
            }
            if (followed.IsOver) break;
            await Task.Delay(s_interval, time, cancellationToken);
        }
        seen(followed);
        return await WaitForTraceAsync(followed, cancellationToken);
    }

    static bool IsPassing(Exception exception) => exception is HttpRequestException or IOException or AmazonServiceException { StatusCode: 0 or >= HttpStatusCode.InternalServerError };

    async Task<Run?> FindAsync(Upload upload, CancellationToken cancellationToken)
    {
        foreach (var run in await reader.ListAsync(NewestRuns, cancellationToken))
        {
            if (run.Started < upload.At - s_clockSkew) return null;
            var described = await reader.DescribeAsync(run.Arn, cancellationToken);
            if (described.Input.Key == upload.Key && described.Input.ETag == upload.ETag) return described;
        }
        return null;
    }

    async Task<FollowedRun> WaitForTraceAsync(FollowedRun followed, CancellationToken cancellationToken)
    {
        var start = time.GetTimestamp();
        while (followed.Detail is { Trace.State: TraceState.Found or TraceState.NotYet or TraceState.Unreachable } detail
            && !Completeness.Of(detail).IsProven && time.GetElapsedTime(start) < s_patience)
        {
            await Task.Delay(s_interval, time, cancellationToken);
            try
            {
                followed = followed with { Detail = await reader.ReadAsync(detail.Run, cancellationToken) };
            }
            catch (Exception down) when (IsPassing(down))
            {
                // As above.
            }
        }
        return followed;
    }
}
