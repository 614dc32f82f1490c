namespace EtlTracing.Pipeline;

/// <summary>Writes beside the target and renames over it when complete.</summary>
sealed class FileOutput(string path) : OutputStream
{
    readonly string _partial = path + ".partial";
    readonly FileStream _file = new(path + ".partial", FileMode.Create, FileAccess.Write, FileShare.None, bufferSize: 0);
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
