namespace EtlTracing.Pipeline;

/// <summary>
/// A file that is read where it is asked for. The framework's file stream hands each asynchronous read to another thread, which for bytes that lie in the
/// system's cache costs more than reading them.
/// </summary>
sealed class LocalFile(string path, long offset) : ForwardStream
{
    readonly Microsoft.Win32.SafeHandles.SafeFileHandle _file = File.OpenHandle(path, options: FileOptions.SequentialScan);

    public override int Read(Span<byte> buffer)
    {
        var read = RandomAccess.Read(_file, buffer, offset);
        offset += read;
        return read;
    }

    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
        cancellationToken.IsCancellationRequested ? ValueTask.FromCanceled<int>(cancellationToken) : ValueTask.FromResult(Read(buffer.Span));

    protected override void Dispose(bool disposing)
    {
        if (disposing) _file.Dispose();
        base.Dispose(disposing);
    }
}
