using System.Globalization;
using System.Text.Json;
using EtlTracing.Aws;

namespace EtlTracing.Jobs;

/// <summary>A task's input, as the workflow's definition composes it from the run's input and its context object.</summary>
public sealed record JobTask
{
    public required RunInput Run { get; init; }
    public DateTimeOffset? Entered { get; init; }

    /// <summary>0 for the first attempt.</summary>
    public int Retry { get; init; }

    /// <summary>The execution's ARN.</summary>
    public string? Execution { get; init; }

    /// <summary>What the clean job answered, for the job after it.</summary>
    public string? CleanOutputKey { get; init; }

    /// <summary>The execution's name, by which spans and outputs know the run.</summary>
    public string? RunName => Execution?[(Execution.LastIndexOf(':') + 1)..];

    // {"run":{"bucket_name":"etl","object_key":"input/x.csv",…,"clean":{"output_key":"clean/x.csv.parquet"}},"state":"Process","entered":"2026-…Z","retry":0,"execution":"arn:…"}
    public static JobTask FromJson(string json)
    {
        using var document = JsonDocument.Parse(json);
        var task = document.RootElement;
        if (task.ValueKind != JsonValueKind.Object || !task.TryGetProperty("run", out var run))
            throw new JsonException($"found a task without 'run': {json[..Math.Min(json.Length, 200)]}");
        return new()
        {
            Run = RunInput.FromJson(run),
            Entered = Text(task, "entered") is { } entered ? DateTimeOffset.Parse(entered, CultureInfo.InvariantCulture) : null,
            Retry = task.TryGetProperty("retry", out var retry) && retry.TryGetInt32(out var count) ? count : 0,
            Execution = Text(task, "execution"),
            CleanOutputKey = run.TryGetProperty("clean", out var clean) ? Text(clean, "output_key") : null,
        };
    }

    static string? Text(JsonElement parent, string name) =>
        parent.ValueKind == JsonValueKind.Object && parent.TryGetProperty(name, out var member) && member.ValueKind == JsonValueKind.String ? member.GetString() : null;
}
