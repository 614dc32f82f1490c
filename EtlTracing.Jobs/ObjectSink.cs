using EtlTracing.Aws.Objects;
using EtlTracing.Pipeline;

namespace EtlTracing.Jobs;

/// <summary>The engine's output as an object.</summary>
sealed class ObjectSink(ObjectStore store, string key, IReadOnlyDictionary<string, string> metadata, string? sequencer)
{
    WrittenObject? _written;

    public bool Superseded => _written?.Superseded ?? false;

    public DataSink ToDataSink() => new(key, _ => ValueTask.FromResult<OutputStream>(new Output(this, store.Write(key, metadata, sequencer))));

    sealed class Output(ObjectSink sink, UploadStream upload) : OutputStream
    {
        public override long Length => upload.Length;
        public override long Position { get => upload.Position; set => throw new NotSupportedException("written in order"); }

        public override async ValueTask<string?> CompleteAsync(CancellationToken cancellationToken)
        {
            sink._written = await upload.CompleteAsync(cancellationToken);
            return sink._written.ETag;
        }

        public override void Write(byte[] buffer, int offset, int count) => upload.Write(buffer, offset, count);

        public override void Write(ReadOnlySpan<byte> buffer) => upload.Write(buffer);

        public override Task WriteAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
            upload.WriteAsync(buffer, offset, count, cancellationToken);

        public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default) =>
            upload.WriteAsync(buffer, cancellationToken);

        public override async ValueTask DisposeAsync()
        {
            await upload.DisposeAsync();
            await base.DisposeAsync();
        }

        protected override void Dispose(bool disposing)
        {
            if (disposing) upload.Dispose();
            base.Dispose(disposing);
        }
    }
}
