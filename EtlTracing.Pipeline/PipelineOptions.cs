namespace EtlTracing.Pipeline;

/// <summary>What a run is told from outside; the engine has no clock and no environment.</summary>
public sealed record PipelineOptions
{
    /// <summary>The run's day: reviews dated in a later year are wrong.</summary>
    public required DateOnly Today { get; init; }

    /// <summary>Largest share of rejected rows that the run survives, 0..1.</summary>
    public double MaxRejects { get; init; } = 0.05;

    /// <summary>Bytes that duplicate keys, medians and ranks may hold together before they spill to disk.</summary>
    public long MemoryBudget { get; init; } = 128L << 20;

    /// <summary>Where they spill to.</summary>
    public string SpillFolder { get; init; } = Path.GetTempPath();

    /// <summary>Threads that work on batches; 0 = one a core. Results do not depend on it.</summary>
    public int Threads { get; init; }

    /// <summary>
    /// Bytes of input text in a batch; 0 = two megabytes, or four where the input has many of them. Results do not depend on it. Of a million rows four
    /// took 7 % less time than two and make files 10 % smaller; of a hundred thousand two do, with less memory. Eight no longer stay in the cache.
    /// </summary>
    public int BatchBytes { get; init; }

    /// <summary>
    /// Inputs up to this many bytes of text run a step at a time, with plain spans; larger ones are streamed. Of 16 MB a run a step at a time takes a quarter
    /// longer and a third more memory.
    /// </summary>
    public long StepwiseBytes { get; init; } = 8L << 20;

    /// <summary>Key-values for the Parquet footer, besides the row counts and steps that the engine adds.</summary>
    public IReadOnlyDictionary<string, string> FooterMetadata { get; init; } = new Dictionary<string, string>();

    /// <summary>Where the recipe's groups table goes; null: not made.</summary>
    public DataSink? Groups { get; init; }

    /// <summary>Told after each batch; called on the engine's threads.</summary>
    public IProgress<PipelineProgress>? Progress { get; init; }
}

/// <summary>The step at work, and the rows that have passed the reader so far.</summary>
public readonly record struct PipelineProgress(string Step, long Rows);
