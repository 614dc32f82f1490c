using System.Security.Cryptography;
using System.Text.Json.Nodes;

namespace EtlTracing.Viewer.Pages;

/// <summary>The input of a run that is started again: the same object, in a trace of its own.</summary>
static class AgainInput
{
    const string Prefix = "again-";
    const int Letters = 8;

    /// <summary>Different from its first letters on, because lists show no more of a name; then whose repetition it is.</summary>
    public static string Name(string id)
    {
        var first = id.StartsWith(Prefix, StringComparison.Ordinal) && id.Length > Prefix.Length + Letters + 1 ? id[(Prefix.Length + Letters + 1)..] : id;
        // A name has 80 letters at most.
        return $"{Prefix}{RandomNumberGenerator.GetHexString(Letters, lowercase: true)}-{first[..Math.Min(60, first.Length)]}";
    }

    /// <returns>The input, and the header that puts the workflow's own segment into the trace that the input names; null where it names none.</returns>
    public static (string Input, string? TraceHeader) Of(string input, DateTimeOffset now)
    {
        if (JsonNode.Parse(input) is not JsonObject again) return (input, null);
        again["parent_id"] = null;
        if (again["trace_id"] is null) return (again.ToJsonString(), null);
        var trace = $"1-{now.ToUnixTimeSeconds():x8}-{RandomNumberGenerator.GetHexString(24, lowercase: true)}";
        again["trace_id"] = trace;
        var sampled = again["sampled"] is not JsonValue value || !value.TryGetValue(out bool said) || said;
        return (again.ToJsonString(), $"Root={trace};Sampled={(sampled ? 1 : 0)}");
    }
}
