using System.Text.Json.Nodes;

namespace EtlTracing.LocalAws.StepFunctions.Engine;

/// <summary>A distributed Map as it was begun: everything it needs to go on without the execution that began it.</summary>
public sealed record MapRun(string Arn, string Execution, string State, double Started)
{
    /// <summary>AWS runs at most so many children at once.</summary>
    public const long MostAtOnce = 10_000;

    public string Status { get; init; } = "RUNNING";
    public double? Stopped { get; init; }
    public string Label { get; init; } = "";

    /// <summary>The revision that holds what is done to each item, as a machine of its own.</summary>
    public long Revision { get; init; }
    public string? TraceHeader { get; init; }
    public long MaxConcurrency { get; init; }
    public long ToleratedFailureCount { get; init; }
    public double ToleratedFailurePercentage { get; init; }

    /// <summary>The state's input, the context object and the variables, for the templates that are filled for each item.</summary>
    public string Input { get; init; } = "{}";
    public string Context { get; init; } = "{}";
    public Dictionary<string, string> Variables { get; init; } = [];

    public string? Items { get; init; }
    public ItemSource? Source { get; init; }
    public string? Selector { get; init; }
    public long MaxItemsPerBatch { get; init; }
    public long MaxBytesPerBatch { get; init; }
    public string? BatchInput { get; init; }
    public string? WriteBucket { get; init; }
    public string? WritePrefix { get; init; }

    public static long Concurrency(long wanted) => wanted is 0 or > MostAtOnce ? MostAtOnce : wanted;

    /// <summary>The end of the ARN, which also names the folder of the results.</summary>
    public string Id => Arn.Split(':')[^1];
}

/// <summary>An object or a listing in S3 that the items come from.</summary>
public sealed record ItemSource(bool IsListing, string Bucket, string Key)
{
    public long MaxItems { get; init; }
    public string Type { get; init; } = "JSON";
    public char Delimiter { get; init; } = ',';

    /// <summary>Column names of a CSV that has none in its first row.</summary>
    public string[]? Headers { get; init; }
}

/// <summary>A Map run and its children's machine, to be made in the same transaction as the event that tells of it.</summary>
public sealed record MapRunStart(MapRun Run, Machine Machine)
{
    public static JsonObject WithItem(JsonObject context, int index, JsonNode? value)
    {
        context["Map"] = new JsonObject { ["Item"] = new JsonObject { ["Index"] = index, ["Value"] = value?.DeepClone() } };
        return context;
    }
}
