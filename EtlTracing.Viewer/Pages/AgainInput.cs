using System.Security.Cryptography;
using System.Text.Json.Nodes;

namespace EtlTracing.Viewer.Pages;

/// <summary>The input of a run that is started again: the same object, in a trace of its own.</summary>
static class AgainInput
{
    public static string Of(string input)
    {
        if (JsonNode.Parse(input) is not JsonObject again) return input;
        if (again["trace_id"] is not null)
            again["trace_id"] = $"1-{DateTimeOffset.UtcNow.ToUnixTimeSeconds():x8}-{RandomNumberGenerator.GetHexString(24, lowercase: true)}";
        again["parent_id"] = null;
        return again.ToJsonString();
    }
}
