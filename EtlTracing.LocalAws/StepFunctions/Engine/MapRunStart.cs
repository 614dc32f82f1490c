namespace EtlTracing.LocalAws.StepFunctions.Engine;

/// <summary>A distributed Map that an execution has begun.</summary>
public sealed record MapRunStart(string Arn);
