using System.Diagnostics;
using System.Text.Json.Nodes;
using Amazon.Runtime;
using Amazon.XRay;

namespace EtlTracing.Aws.Traces;

/// <summary>
/// Shows a running job in X-Ray: an in-progress document of its span, sent at once and then when something changed, one a second
/// at most. The finished span overwrites it, and a killed job leaves it as its mark. Sending may fail; the work does not care.
/// </summary>
public sealed class LiveSegment : IAsyncDisposable
{
    static readonly TimeSpan s_pause = TimeSpan.FromSeconds(1);

    readonly AmazonXRayClient _xray;
    readonly TimeProvider _time;
    readonly CancellationTokenSource _stop = new();
    readonly JsonObject _document;
    readonly Task _sending;
    volatile Progress? _progress;

    sealed record Progress(string Step, long Rows);

    /// <param name="xray">Where to.</param>
    /// <param name="service">Name of the segment, as the exporter will name it: the service's.</param>
    /// <param name="span">The span it stands for; its attributes so far become annotations.</param>
    /// <param name="time">Paces the sending.</param>
    public LiveSegment(AmazonXRayClient xray, string service, Activity span, TimeProvider time)
    {
        (_xray, _time) = (xray, time);
        // Their names keep their dots, as in the finished span's document from the exporter.
        var annotations = new JsonObject();
        foreach (var (name, value) in span.TagObjects)
            if (EtlAttributes.Indexed.Contains(name)) annotations[name] = value is string text ? text : JsonValue.Create(Convert.ToDouble(value, null));
        _document = new JsonObject
        {
            ["name"] = service,
            ["id"] = span.SpanId.ToHexString(),
            ["trace_id"] = XRayHeader.Format(span.TraceId),
            ["start_time"] = (span.StartTimeUtc - DateTime.UnixEpoch).TotalSeconds,
            ["in_progress"] = true,
            ["annotations"] = annotations,
            ["metadata"] = new JsonObject { ["default"] = new JsonObject() },
        };
        if (span.ParentSpanId != default) _document["parent_id"] = span.ParentSpanId.ToHexString();
        _sending = Task.Run(SendAsync);
    }

    /// <summary>The step the job is in, and the rows read so far. Cheap enough for each batch.</summary>
    public void Report(string step, long rows) => _progress = new(step, rows);

    /// <summary>No document is under way any more when this returns, so that the finished span comes last.</summary>
    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync().ConfigureAwait(false);
        await _sending.ConfigureAwait(false);
        _stop.Dispose();
    }

    async Task SendAsync()
    {
        Progress? sent = null;
        await SendAsync(sent).ConfigureAwait(false);
        using var pace = new PeriodicTimer(s_pause, _time);
        try
        {
            while (await pace.WaitForNextTickAsync(_stop.Token).ConfigureAwait(false))
                if (_progress is { } progress && progress != sent) await SendAsync(sent = progress).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            // The job has ended.
        }
    }

    async Task SendAsync(Progress? progress)
    {
        _document["metadata"]!["default"]![EtlAttributes.Seen] = _time.GetUtcNow().ToUnixTimeMilliseconds() / 1000.0;
        if (progress is not null)
        {
            _document["annotations"]![EtlAttributes.Step] = progress.Step;
            _document["annotations"]![EtlAttributes.RowsIn] = progress.Rows;
        }
        try
        {
            await _xray.PutTraceSegmentsAsync(new() { TraceSegmentDocuments = [_document.ToJsonString()] }, _stop.Token).ConfigureAwait(false);
        }
        catch (Exception exception) when (exception is AmazonServiceException or AmazonClientException or HttpRequestException or IOException or OperationCanceledException)
        {
            // The next one, or the finished span, says more.
        }
    }
}
