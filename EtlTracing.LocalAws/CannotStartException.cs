namespace EtlTracing.LocalAws;

/// <summary>The local cloud can't start; the message is one line for the person who started it.</summary>
public sealed class CannotStartException(string message, Exception? inner = null) : Exception(message, inner);
