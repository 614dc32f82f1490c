using System.Text.Json;
using System.Text.Json.Serialization;

namespace EtlTracing.Jobs;

/// <summary>What a job answers the workflow: numbers and keys, never rows.</summary>
public sealed record JobOutput
{
    public required string OutputKey { get; init; }
    public string? OutputEtag { get; init; }
    public required long RowsRead { get; init; }
    public required long RowsOut { get; init; }
    public required long RowsRejected { get; init; }
    public required IReadOnlyDictionary<string, long> Rejects { get; init; }
    public string? RejectedKey { get; init; }
    public string? GroupsKey { get; init; }
    public required long BytesRead { get; init; }
    public required long BytesWritten { get; init; }
    public required IReadOnlyList<StepRows> Steps { get; init; }

    /// <summary>A newer upload of the same key had its output there already, and it was left alone.</summary>
    public required bool Superseded { get; init; }

    public string ToJson() => JsonSerializer.Serialize(this, JobOutputJson.Default.JobOutput);
}

public sealed record StepRows(string Name, long RowsIn, long RowsOut);

[JsonSerializable(typeof(JobOutput))]
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
sealed partial class JobOutputJson : JsonSerializerContext;
