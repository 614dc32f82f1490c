using System.Text.Json;
using System.Text.Json.Serialization;

namespace EtlTracing.Aws;

/// <summary>
/// The input of the workflow, made by the trigger from one upload and read by the jobs. It carries the trace context because
/// neither an activity's task nor the workflow's context object has it. In JSON all keys are always there, in snake case.
/// </summary>
public sealed record RunInput
{
    public required string BucketName { get; init; }
    public required string ObjectKey { get; init; }

    /// <summary>X-Ray's form, <c>1-5759e988-bd862e3fe1be46a994272793</c>.</summary>
    public string? TraceId { get; init; }

    /// <summary>The span that started the execution: the last resort for a job that finds no nearer parent.</summary>
    public string? ParentId { get; init; }
    public bool? Sampled { get; init; }
    public string? VersionId { get; init; }
    public string? Etag { get; init; }

    /// <summary>Orders events of one key: see <see cref="Sequencers"/>.</summary>
    public string? Sequencer { get; init; }

    public string ToJson() => JsonSerializer.Serialize(this, RunInputJson.Default.RunInput);

    public static RunInput FromJson(JsonElement json) =>
        json.Deserialize(RunInputJson.Default.RunInput) ?? throw new JsonException("the workflow's input is null; expected an object with bucket_name and object_key");
}

[JsonSerializable(typeof(RunInput))]
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
sealed partial class RunInputJson : JsonSerializerContext;
