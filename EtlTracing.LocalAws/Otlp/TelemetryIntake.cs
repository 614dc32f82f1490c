using EtlTracing.LocalAws.Otlp.Translation;
using EtlTracing.LocalAws.Otlp.Wire;
using EtlTracing.LocalAws.XRay;

namespace EtlTracing.LocalAws.Otlp;

/// <summary>What the local cloud does with telemetry: spans become segments, and everything goes on to the back end, if there is one.</summary>
sealed class TelemetryIntake(SegmentStore segments, OtlpForwarder forwarder, DroppedSpans dropped, LocalCloudOptions options)
{
    readonly SpanTranslator _translator = new(options.IndexedAttributes, options.Time);

    public async ValueTask<OtlpResult> AcceptAsync(OtlpRequest request, CancellationToken cancellationToken)
    {
        var result = OtlpResult.Accepted;
        switch (request.Signal)
        {
            case OtlpSignal.Traces: result = await StoreAsync(OtlpMessage.Traces(request), cancellationToken); break;
            // Metrics and logs only pass through, but what cannot be read is refused here, where its sender hears of it.
            case OtlpSignal.Metrics: OtlpMessage.Metrics(request); break;
            default: OtlpMessage.Logs(request); break;
        }
        forwarder.Enqueue(request);
        return result;
    }

    async ValueTask<OtlpResult> StoreAsync(TracesRequest request, CancellationToken cancellationToken)
    {
        var documents = new List<SegmentDocument>();
        var rejected = 0;
        var reason = "";
        foreach (var resourceSpans in request.ResourceSpans)
        {
            var resource = SpanAttributes.Of(resourceSpans.Resource?.Attributes);
            foreach (var span in resourceSpans.ScopeSpans.SelectMany(scope => scope.Spans))
            {
                if (Translate(span, resource, documents) is not { } refusal) continue;
                reason = refusal;
                rejected++;
                dropped.Add(Convert.ToHexStringLower(span.TraceId.Span), Convert.ToHexStringLower(span.SpanId.Span), span.Name, resource.Text("service.name") ?? "", refusal);
            }
        }
        if (documents.Count > 0) await segments.PutAsync(documents, cancellationToken);
        return new OtlpResult(rejected, reason);
    }

    /// <returns>Why X-Ray would never show the span; null when its documents were added.</returns>
    string? Translate(Span span, SpanAttributes resource, List<SegmentDocument> documents)
    {
        try
        {
            foreach (var json in _translator.Translate(span, resource))
            {
                if (!SegmentDocument.TryMake(json, out var document, out var invalid)) return invalid.Message;
                documents.Add(document);
            }
            return null;
        }
        catch (UntranslatableSpanException exception)
        {
            return exception.Message;
        }
    }
}
