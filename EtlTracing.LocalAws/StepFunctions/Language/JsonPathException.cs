namespace EtlTracing.LocalAws.StepFunctions.Language;

/// <summary>A path that cannot be read, or that finds nothing where it must find something.</summary>
public sealed class JsonPathException(string message) : Exception(message);
