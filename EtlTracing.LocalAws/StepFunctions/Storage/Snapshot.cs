using System.Text.Json.Serialization;
using EtlTracing.LocalAws.StepFunctions.Engine;

namespace EtlTracing.LocalAws.StepFunctions.Storage;

/// <summary>What of a running execution is needed to go on after a restart.</summary>
public sealed record Snapshot(Branch Root, Segment? Segment, long NextEvent, DateTimeOffset? Deadline);

[JsonSourceGenerationOptions(DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingDefault, MaxDepth = 512)]
[JsonSerializable(typeof(Snapshot))]
sealed partial class SnapshotJson : JsonSerializerContext;
