using System.Text.Json;

namespace EtlTracing.Traces;

/// <summary>Reads the JSON that trigger and jobs leave in an execution. Whatever is missing or of another type stays unknown.</summary>
static class RunJson
{
    public static RunInput Input(string? json) =>
        Read(json, root => new RunInput(Text(root, "bucket_name"), Text(root, "object_key"), Text(root, "trace_id"), Text(root, "etag"), json))
        ?? RunInput.Unknown with { Json = json };

    /// <summary>Unsampled runs have a trace id all the same, and no trace.</summary>
    public static bool Sampled(string? json) =>
        Read(json, root => root.TryGetProperty("sampled", out var sampled) && sampled.ValueKind == JsonValueKind.False ? "no" : null) is null;

    /// <summary>Each of the output's members that has an output key is a job's answer.</summary>
    public static IReadOnlyList<JobOutput> Outputs(string? json) =>
        Read(json, root => root.EnumerateObject()
            .Select(member => Output(member.Name, member.Value)).OfType<JobOutput>().ToList()) ?? [];

    public static JobOutput? Output(string job, string? json) => Read(json, root => Output(job, root));

    static JobOutput? Output(string job, JsonElement element) =>
        element.ValueKind != JsonValueKind.Object || !element.TryGetProperty("output_key", out _) ? null : new JobOutput
        {
            Job = job.ToLowerInvariant(),
            OutputKey = Text(element, "output_key"),
            OutputETag = Text(element, "output_etag"),
            RejectedKey = Text(element, "rejected_key"),
            GroupsKey = Text(element, "groups_key"),
            RowsRead = Number(element, "rows_read"),
            RowsOut = Number(element, "rows_out"),
            RowsRejected = Number(element, "rows_rejected"),
            BytesRead = Number(element, "bytes_read"),
            BytesWritten = Number(element, "bytes_written"),
            Superseded = element.TryGetProperty("superseded", out var superseded) && superseded.ValueKind == JsonValueKind.True,
            Rejects = Rejects(element),
            Steps = Steps(element),
        };

    static Dictionary<string, long> Rejects(JsonElement element)
    {
        var rejects = new Dictionary<string, long>(StringComparer.Ordinal);
        if (element.TryGetProperty("rejects", out var rules) && rules.ValueKind == JsonValueKind.Object)
            foreach (var rule in rules.EnumerateObject())
                if (rule.Value.ValueKind == JsonValueKind.Number && rule.Value.TryGetInt64(out var count)) rejects[rule.Name] = count;
        return rejects;
    }

    static List<StepRows> Steps(JsonElement element)
    {
        var steps = new List<StepRows>();
        if (element.TryGetProperty("steps", out var list) && list.ValueKind == JsonValueKind.Array)
            foreach (var step in list.EnumerateArray())
                if (step.ValueKind == JsonValueKind.Object)
                    steps.Add(new StepRows(Text(step, "name") ?? "unnamed", Number(step, "rows_in"), Number(step, "rows_out")));
        return steps;
    }

    static T? Read<T>(string? json, Func<JsonElement, T?> read) where T : class
    {
        if (string.IsNullOrWhiteSpace(json)) return null;
        try
        {
            using var document = JsonDocument.Parse(json);
            return document.RootElement.ValueKind == JsonValueKind.Object ? read(document.RootElement) : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    static string? Text(JsonElement element, string name) =>
        element.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;

    static long Number(JsonElement element, string name) =>
        element.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.Number && value.TryGetInt64(out var number) ? number : 0;
}
