using EtlTracing.Pipeline.Reading;
using EtlTracing.Pipeline.Running;
using EtlTracing.Pipeline.Steps;

namespace EtlTracing.Pipeline;

/// <summary>
/// A job's list of steps. It is a value: each step makes a longer recipe of a shorter one, and any number of runs may use the same.
/// </summary>
public sealed class Recipe
{
    readonly Contract _contract;
    readonly bool _parquet;

    Recipe(string name, Contract contract, bool parquet, IReadOnlyList<Step> steps)
    {
        (Name, _contract, _parquet, Steps) = (name, contract, parquet, steps);
    }

    /// <summary>The span that the steps' spans lie in.</summary>
    public string Name { get; }

    public IReadOnlyList<Step> Steps { get; }

    /// <summary>A recipe for CSV, JSON lines or a JSON array, plain or gzip.</summary>
    public static Recipe ForText(string name, Contract contract) => new(name, contract, parquet: false, []);

    /// <summary>A recipe for Parquet that has the contract's columns, and maybe others, which are passed on.</summary>
    public static Recipe ForParquet(string name, Contract contract) => new(name, contract, parquet: true, []);

    public Recipe Then(Step step) => new(Name, _contract, _parquet, [.. Steps, step]);

    /// <summary>Reads the input, carries its rows through the steps and writes what is left. Throws <see cref="DataException"/> where the data is wrong.</summary>
    public Task<PipelineResult> RunAsync(DataSource input, DataSink output, DataSink rejects, PipelineOptions options, CancellationToken cancellationToken) =>
        new RecipeRun(this, input, output, rejects, options).RunAsync(cancellationToken);

    internal async Task<BatchSource> OpenAsync(DataSource input, PipelineOptions options, CancellationToken cancellationToken) => _parquet
        ? await ParquetSource.OpenAsync(input, _contract, cancellationToken)
        : await TextSource.OpenAsync(input, _contract, options.BatchBytes > 0 ? options.BatchBytes : BatchBytes(input.Length), cancellationToken);

    static int BatchBytes(long length) => length < 128 << 20 ? 2 << 20 : 4 << 20;
}
