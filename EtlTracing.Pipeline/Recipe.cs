namespace EtlTracing.Pipeline;

/// <summary>A job's list of steps.</summary>
public sealed class Recipe
{
    public Task<PipelineResult> RunAsync(DataSource input, DataSink output, DataSink rejects, PipelineOptions options, CancellationToken cancellationToken) =>
        throw new NotSupportedException("the engine is being put in");
}
