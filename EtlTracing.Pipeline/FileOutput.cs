namespace EtlTracing.Pipeline;

/// <summary>Writes beside the target and renames over it when complete.</summary>
sealed class FileOutput(string path) : OutputStream
{
    readonly string _partial = path + ".partial";
    readonly FileStream _file = Create(path + ".partial");
    bool _complete;

    public override void Write(byte[] buffer, int offset, int count) => _file.Write(buffer, offset, count);

    public override void Write(ReadOnlySpan<byte> buffer) => _file.Write(buffer);

    public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        _file.Write(buffer.Span);
        return ValueTask.CompletedTask;
    }

    public override async ValueTask<string?> CompleteAsync(CancellationToken cancellationToken)
    {
        await _file.DisposeAsync();
        File.Move(_partial, path, overwrite: true);
        _complete = true;
        return null;
    }

    /// <summary>
    /// Takes over what a run that crashed has left, but does not truncate what is new: on ext4 a file that was truncated is written back when it is closed,
    /// which measured 35 ms for 60 MB.
    /// </summary>
    static FileStream Create(string path)
    {
        try
        {
            return Open(FileMode.CreateNew);
        }
        catch (IOException) when (File.Exists(path))
        {
            return Open(FileMode.Create);
        }

        FileStream Open(FileMode mode) => new(path, mode, FileAccess.Write, FileShare.None, bufferSize: 0);
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing && !_complete)
        {
            _file.Dispose();
            File.Delete(_partial);
        }

        base.Dispose(disposing);
    }
}
