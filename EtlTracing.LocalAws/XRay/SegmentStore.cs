using System.Text.Json.Nodes;

namespace EtlTracing.LocalAws.XRay;

/// <summary>All segment documents, by trace. A complete document replaces the in-progress one of the same id.</summary>
public sealed class SegmentStore
{
    /// <summary>Takes one document as PutTraceSegments would.</summary>
    public Task PutAsync(JsonObject document, CancellationToken cancellationToken = default) => throw new NotImplementedException(document.ToJsonString());
}
