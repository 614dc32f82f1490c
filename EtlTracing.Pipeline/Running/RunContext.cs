using System.Collections.Concurrent;

namespace EtlTracing.Pipeline.Running;

/// <summary>What the steps of one run share.</summary>
public sealed class RunContext(PipelineOptions options)
{
    public PipelineOptions Options { get; } = options;

    /// <summary>Numbers that one step finds and a later one uses, by name.</summary>
    public ConcurrentDictionary<string, long> Facts { get; } = new();
}
