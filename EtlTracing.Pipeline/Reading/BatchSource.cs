using EtlTracing.Pipeline.Batches;
using EtlTracing.Pipeline.Writing;

namespace EtlTracing.Pipeline.Reading;

/// <summary>An input that is understood: its columns are known, and passes can be made over it.</summary>
abstract class BatchSource
{
    public abstract Schema Schema { get; }

    /// <summary>How many rows there are, about, in an input of so many bytes; 0 where that cannot be told.</summary>
    public virtual long RowsIn(long bytes) => 0;

    /// <summary>Whether columns have a stored form that an output can take over as it is.</summary>
    public virtual bool CanCarry => false;

    /// <param name="needed">Origins of the columns that the pass needs.</param>
    /// <param name="carried">Origins of columns whose stored form goes to the output as it is.</param>
    /// <param name="cancellationToken">Ends the opening.</param>
    public abstract Task<BatchPass> BeginPassAsync(IReadOnlySet<string> needed, IReadOnlySet<string> carried, CancellationToken cancellationToken);
}

/// <summary>One pass. Parts come in order to one caller at a time; any thread may make the batch of a part.</summary>
abstract class BatchPass : IAsyncDisposable
{
    public abstract long BytesRead { get; }

    /// <summary>The next part; null behind the last one.</summary>
    public abstract ValueTask<BatchPart?> NextAsync(CancellationToken cancellationToken);

    public abstract ValueTask DisposeAsync();
}

/// <summary>A stretch of input that is to become a batch.</summary>
abstract class BatchPart : IDisposable
{
    /// <summary>Bytes of text in it.</summary>
    public abstract long Length { get; }

    /// <summary>Chunks that go to the output as they are, by column.</summary>
    public virtual IReadOnlyDictionary<string, EncodedChunk> Carried => new Dictionary<string, EncodedChunk>();

    /// <summary>The batch, which must be disposed before the part.</summary>
    public abstract ValueTask<Batch> ToBatchAsync(CancellationToken cancellationToken);

    public abstract void Dispose();
}
