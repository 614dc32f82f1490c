namespace EtlTracing.Pipeline;

/// <summary>What a run did.</summary>
public sealed record PipelineResult
{
    /// <summary>Records found in the input, rejected ones included.</summary>
    public required long RowsRead { get; init; }

    public required long RowsOut { get; init; }

    public required long RowsRejected { get; init; }

    /// <summary>Rejected rows by rule.</summary>
    public required IReadOnlyDictionary<string, long> Rejects { get; init; }

    /// <summary>Bytes taken from the source, all passes together.</summary>
    public required long BytesRead { get; init; }

    public required long BytesWritten { get; init; }

    public required string? OutputETag { get; init; }

    /// <summary>Whether the rejects' sink was written: only when there were any.</summary>
    public required bool RejectsWritten { get; init; }

    public required bool GroupsWritten { get; init; }

    /// <summary>Reading and understanding the input; rows in are records, rows out those not rejected.</summary>
    public required StepResult Read { get; init; }

    /// <summary>Encoding and writing the outputs.</summary>
    public required StepResult Write { get; init; }

    /// <summary>The recipe's steps in order.</summary>
    public required IReadOnlyList<StepResult> Steps { get; init; }
}

/// <summary>One step's rows and the time that threads spent in it.</summary>
public sealed record StepResult(string Name, long RowsIn, long RowsOut, TimeSpan Busy);
