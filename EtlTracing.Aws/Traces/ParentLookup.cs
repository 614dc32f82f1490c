using System.Diagnostics;
using System.Text.Json;
using Amazon.Runtime;
using Amazon.XRay;
using Amazon.XRay.Model;

namespace EtlTracing.Aws.Traces;

/// <summary>Whose job it is that looks for its parent, in the words of the workflow's context object.</summary>
/// <remarks><c>Activity</c>: an activity's worker, under whose state nothing else of X-Ray's appears, so that the state itself is accepted at once.</remarks>
public sealed record ParentQuery(
    ActivityTraceId TraceId, string State, DateTimeOffset? Entered, int Retry, string? Execution, ActivitySpanId? Fallback, bool Activity = true);

/// <summary>A job's parent and how it was found: nested-segment, nested-call, state, workflow or input.</summary>
public sealed record FoundParent(ActivitySpanId SpanId, string Source, int Attempts, TimeSpan Elapsed);

/// <summary>
/// Finds the segment under which a job belongs, while Step Functions is still publishing it. X-Ray's reads lag behind its
/// writes, so this looks again for two seconds at most, and takes the best there is: it never throws and never loses the trace.
/// </summary>
public sealed class ParentLookup(AmazonXRayClient xray, TimeProvider time, Random random)
{
    static readonly TimeSpan s_budget = TimeSpan.FromSeconds(2);
    static readonly TimeSpan s_firstDelay = TimeSpan.FromMilliseconds(100);
    static readonly TimeSpan s_longestDelay = TimeSpan.FromMilliseconds(500);

    /// <summary>For an account whose traces BatchGetTraces cannot see: the parent is the input's.</summary>
    public bool Disabled { get; set; }

    public async Task<FoundParent> FindAsync(ParentQuery query, CancellationToken cancellationToken)
    {
        var start = time.GetTimestamp();
        var attempts = 0;
        (ActivitySpanId Id, ParentRung Rung, bool Sure) best = (query.Fallback ?? default, ParentRung.Input, false);
        using var budget = new CancellationTokenSource(s_budget, time);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(budget.Token, cancellationToken);
        try
        {
            for (var delay = s_firstDelay; !Disabled; delay = Min(delay * 2, s_longestDelay))
            {
                attempts++;
                if (await LookAsync(query, stop.Token).ConfigureAwait(false) is { } found && found.Rung <= best.Rung) best = found;
                if (best.Sure) break;
                await Task.Delay(delay * (0.5 + random.NextDouble() / 2), time, stop.Token).ConfigureAwait(false);
            }
        }
        catch (OperationCanceledException)
        {
            // Time is up, or the process stops: what has been found so far must do.
        }
        return new(best.Id, Name(best.Rung), attempts, time.GetElapsedTime(start));
    }

    async Task<(ActivitySpanId Id, ParentRung Rung, bool Sure)?> LookAsync(ParentQuery query, CancellationToken cancellationToken)
    {
        try
        {
            var documents = new List<string>();
            var request = new BatchGetTracesRequest { TraceIds = [XRayHeader.Format(query.TraceId)] };
            do
            {
                var page = await xray.BatchGetTracesAsync(request, cancellationToken).ConfigureAwait(false);
                documents.AddRange((page.Traces ?? []).SelectMany(trace => trace.Segments ?? []).Select(segment => segment.Document ?? "{}"));
                request.NextToken = page.NextToken;
            }
            while (request.NextToken is not null);
            return StateTree.Find(documents, query);
        }
        catch (Exception exception) when (exception is AmazonServiceException or AmazonClientException or HttpRequestException or IOException or JsonException)
        {
            return null;
        }
    }

    static TimeSpan Min(TimeSpan one, TimeSpan other) => one < other ? one : other;

    static string Name(ParentRung rung) => rung switch
    {
        ParentRung.NestedSegment => "nested-segment",
        ParentRung.NestedCall => "nested-call",
        ParentRung.State => "state",
        ParentRung.Workflow => "workflow",
        _ => "input",
    };
}
