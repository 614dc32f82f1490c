using System.Text.Json.Nodes;

namespace EtlTracing.LocalAws.StepFunctions.Language;

/// <summary>A call of an intrinsic function.</summary>
public sealed class Intrinsic
{
    public static Intrinsic Parse(string text) => throw StateFailedException.AtRuntime($"not yet: {text}");

    public JsonNode? Call(JsonNode? input, Surroundings surroundings) => throw new NotSupportedException($"{input}{surroundings}{this}");
}
