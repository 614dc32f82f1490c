namespace EtlTracing.LocalAws.Otlp;

public enum OtlpSignal
{
    Traces,
    Metrics,
    Logs,
}

/// <summary>One OTLP request as it came, uncompressed.</summary>
/// <param name="Signal">What it carries.</param>
/// <param name="Body">A protobuf message, or its JSON form.</param>
/// <param name="IsJson">The encoding of <paramref name="Body"/>.</param>
public readonly record struct OtlpRequest(OtlpSignal Signal, byte[] Body, bool IsJson);

/// <summary>What became of a request: how many items were refused for good, and why.</summary>
public readonly record struct OtlpResult(int Rejected, string Reason)
{
    public static OtlpResult Accepted { get; } = new(0, "");
}

/// <summary>Takes one request. Throws <see cref="InvalidDataException"/> when the body is not what it says it is.</summary>
public delegate ValueTask<OtlpResult> OtlpHandler(OtlpRequest request, CancellationToken cancellationToken);
