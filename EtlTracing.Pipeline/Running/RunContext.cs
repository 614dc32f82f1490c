using System.Collections.Concurrent;
using EtlTracing.Pipeline.Summaries;

namespace EtlTracing.Pipeline.Running;

/// <summary>What the steps of one run share.</summary>
public sealed class RunContext(PipelineOptions options)
{
    public PipelineOptions Options { get; } = options;

    /// <summary>What all summaries of the run may hold in memory together.</summary>
    public MemoryBudget Memory { get; } = new(options.MemoryBudget);

    /// <summary>How many rows the input has, about; 0 where that cannot be told.</summary>
    public long ExpectedRows { get; init; }

    /// <summary>Numbers that one step finds and a later one uses, by name.</summary>
    public ConcurrentDictionary<string, long> Facts { get; } = new();
}
