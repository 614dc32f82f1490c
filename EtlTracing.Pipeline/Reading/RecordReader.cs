namespace EtlTracing.Pipeline.Reading;

/// <summary>One pass over an input's records, whatever its format. Blocks come in order; each is the caller's to dispose.</summary>
abstract class RecordReader(TextStream text, IReadOnlyList<string> header) : IAsyncDisposable
{
    /// <summary>The columns' names as the input has them.</summary>
    public IReadOnlyList<string> Header => header;

    public bool IsPacked => text.IsPacked;

    public long BytesRead => text.BytesRead;

    protected TextStream Text => text;

    public static async Task<RecordReader> OpenAsync(DataSource source, int batchBytes, CancellationToken cancellationToken)
    {
        var text = await TextStream.OpenAsync(source, cancellationToken);
        return text.Format switch
        {
            TextFormat.Csv => await CsvReader.StartAsync(text, source.Name, batchBytes, cancellationToken),
            _ => await JsonReader.StartAsync(text, source.Name, batchBytes, cancellationToken),
        };
    }

    /// <summary>The next block; null behind the last one.</summary>
    public abstract ValueTask<RecordBlock?> ReadAsync(CancellationToken cancellationToken);

    public ValueTask DisposeAsync() => text.DisposeAsync();
}
