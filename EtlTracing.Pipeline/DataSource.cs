namespace EtlTracing.Pipeline;

/// <summary>A thing to read, as often as needed: the engine makes one or two passes, and ranged reads of Parquet.</summary>
/// <param name="Name">What messages call it: an object key or a file name.</param>
/// <param name="Length">Length in bytes as stored, compressed or not.</param>
/// <param name="OpenAsync">Opens a stream that starts at the given byte and may be abandoned before its end.</param>
public sealed record DataSource(string Name, long Length, Func<long, CancellationToken, ValueTask<Stream>> OpenAsync)
{
    /// <summary>A file on the local disk.</summary>
    public static DataSource FromFile(string path) => new(
        Path.GetFileName(path), new FileInfo(path).Length, (offset, _) => ValueTask.FromResult<Stream>(new LocalFile(path, offset)));
}
