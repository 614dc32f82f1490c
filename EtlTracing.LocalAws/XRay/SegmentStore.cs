using System.Text.Json.Nodes;

namespace EtlTracing.LocalAws.XRay;

/// <summary>All segment documents, by trace. A complete document replaces the in-progress one of the same id.</summary>
public sealed class SegmentStore
{
    /// <summary>Takes one document as PutTraceSegments would.</summary>
    public Task PutAsync(JsonObject document, CancellationToken cancellationToken = default) => throw new NotImplementedException(document.ToJsonString());

    /// <summary>
    /// Takes a segment of the local cloud itself, such as an execution's with its states as nested <c>subsegments</c>. As
    /// <see cref="PutAsync"/>; besides, once it is complete its spans go to the OTLP back end, if there is one.
    /// </summary>
    public Task PutOwnAsync(JsonObject document, CancellationToken cancellationToken = default) => PutAsync(document, cancellationToken);
}
