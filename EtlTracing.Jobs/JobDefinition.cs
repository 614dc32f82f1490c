using EtlTracing.Pipeline;

namespace EtlTracing.Jobs;

/// <summary>What one job executable does: the state it serves, the recipe it runs, and where it reads and writes.</summary>
public sealed record JobDefinition
{
    /// <summary>The workflow's state, which is also the name of the job's span.</summary>
    public required string State { get; init; }

    public required Func<Recipe> Recipe { get; init; }

    public required Func<JobTask, JobKeys> Keys { get; init; }
}

/// <summary>Object keys of one task. Each appends to the input's name, so that no two inputs share an output.</summary>
public sealed record JobKeys
{
    public required string Input { get; init; }
    public required string Output { get; init; }
    public required string Rejected { get; init; }

    /// <summary>Null where the recipe makes no groups.</summary>
    public string? Groups { get; init; }

    /// <summary><c>input/a/b.csv</c> → <c>clean/a/b.csv.parquet</c>, rejects in <c>rejected/a/b.csv.csv</c>.</summary>
    public static JobKeys ForClean(JobTask task)
    {
        var name = Below(EtlNames.InputPrefix, task.Run.ObjectKey);
        return new() { Input = task.Run.ObjectKey, Output = $"{EtlNames.CleanPrefix}{name}.parquet", Rejected = $"{EtlNames.RejectedPrefix}{name}.csv" };
    }

    /// <summary><c>clean/a/b.csv.parquet</c> → <c>processed/a/b.csv.parquet</c> and <c>processed/a/b.csv.groups.parquet</c>.</summary>
    public static JobKeys ForProcess(JobTask task)
    {
        var input = task.CleanOutputKey ?? ForClean(task).Output;
        var name = Below(EtlNames.CleanPrefix, input);
        var stem = name.EndsWith(".parquet", StringComparison.Ordinal) ? name[..^".parquet".Length] : name;
        return new()
        {
            Input = input,
            Output = $"{EtlNames.ProcessedPrefix}{name}",
            Rejected = $"{EtlNames.RejectedPrefix}{stem}.process.csv",
            Groups = $"{EtlNames.ProcessedPrefix}{stem}.groups.parquet",
        };
    }

    static string Below(string prefix, string key) => key.StartsWith(prefix, StringComparison.Ordinal) ? key[prefix.Length..] : key;
}
