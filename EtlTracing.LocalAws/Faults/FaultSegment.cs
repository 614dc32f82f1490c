using System.Security.Cryptography;
using System.Text.Json.Nodes;

namespace EtlTracing.LocalAws.Faults;

/// <summary>A fault as its trace shows it: a subsegment under the span whose request it struck.</summary>
static class FaultSegment
{
    /// <summary>Null when the request belongs to no sampled trace: <c>Root=1-…-…;Parent=53995c3f42cd8ad8;Sampled=1</c>.</summary>
    public static JsonObject? Of(string traceHeader, FaultKind kind, string operation, DateTimeOffset start, DateTimeOffset end)
    {
        var fields = traceHeader.Split(';', StringSplitOptions.TrimEntries).Select(field => field.Split('=', 2)).Where(pair => pair.Length == 2).GroupBy(pair => pair[0]).ToDictionary(group => group.Key, group => group.First()[1]);
        if (!fields.TryGetValue("Root", out var root) || !fields.TryGetValue("Parent", out var parent) || fields.GetValueOrDefault("Sampled") == "0") return null;
        return new JsonObject
        {
            ["trace_id"] = root,
            ["id"] = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(8)),
            ["parent_id"] = parent,
            ["type"] = "subsegment",
            ["name"] = $"Fault {kind}",
            ["start_time"] = start.ToUnixTimeMilliseconds() / 1000.0,
            ["end_time"] = end.ToUnixTimeMilliseconds() / 1000.0,
            ["fault"] = kind != FaultKind.Delay,
            ["annotations"] = new JsonObject { ["localaws_fault"] = kind.ToString(), ["localaws_operation"] = operation },
        };
    }
}
