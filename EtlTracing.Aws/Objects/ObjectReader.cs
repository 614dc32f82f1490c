using System.Net;
using Amazon.Runtime;
using Amazon.S3.Model;

namespace EtlTracing.Aws.Objects;

/// <summary>Reads one version of one object by ranges, under one span whatever the number of streams and requests.</summary>
public sealed class ObjectReader : IDisposable
{
    const int MostAttempts = 6;
    static readonly TimeSpan s_firstDelay = TimeSpan.FromMilliseconds(100);
    static readonly TimeSpan s_stalled = TimeSpan.FromSeconds(30);

    readonly ObjectStore _store;
    readonly StoredObject _object;
    LongCall? _call;
    DateTimeOffset _lastUse;
    Exception? _failure;
    long _bytesRead;

    internal ObjectReader(ObjectStore store, StoredObject stored) => (_store, _object, _lastUse) = (store, stored, store.Time.GetUtcNow());

    public string Key => _object.Key;
    public long Length => _object.Length;

    /// <summary>Bytes received so far, those asked for twice counted twice.</summary>
    public long BytesRead => Interlocked.Read(ref _bytesRead);

    /// <summary>The first stream opens the span where it is opened. Reads are forward only; several streams may be open.</summary>
    public Stream Open(long offset = 0)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(offset);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(offset, Length);
        _call ??= LongCall.Start("GetObject", _store.Bucket, Key);
        return new DownloadStream(this, offset);
    }

    public void Dispose() => _call?.End(_lastUse, _failure);

    internal void Used() => _lastUse = _store.Time.GetUtcNow();

    /// <summary>Fills the buffer, going on from where a connection broke; If-Match keeps all parts of one version.</summary>
    internal Task<int> FillAsync(long offset, Memory<byte> buffer, CancellationToken cancellationToken) => _call!.RunAsync(async () =>
    {
        var filled = 0;
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                await ReceiveAsync(offset + filled, buffer[filled..], count => filled += count, cancellationToken).ConfigureAwait(false);
                return filled;
            }
            catch (Exception exception) when (attempt < MostAttempts && IsPassing(exception) && !cancellationToken.IsCancellationRequested)
            {
                await Task.Delay(s_firstDelay * (1 << (attempt - 1)), _store.Time, cancellationToken).ConfigureAwait(false);
            }
            catch (Exception exception) when (!cancellationToken.IsCancellationRequested)
            {
                _failure ??= exception;
                throw;
            }
        }
    });

    async Task ReceiveAsync(long offset, Memory<byte> buffer, Action<int> received, CancellationToken cancellationToken)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        using var response = await _store.Client.GetObjectAsync(new GetObjectRequest
        {
            BucketName = _store.Bucket,
            Key = Key,
            EtagToMatch = _object.ETag,
            ByteRange = new ByteRange(offset, offset + buffer.Length - 1),
        }, cancellationToken).ConfigureAwait(false);
        while (buffer.Length > 0)
        {
            patience.CancelAfter(s_stalled);
            int count;
            try
            {
                count = await response.ResponseStream.ReadAsync(buffer, patience.Token).ConfigureAwait(false);
            }
            catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
            {
                throw new IOException($"no byte of {Key} arrived for {s_stalled.TotalSeconds} s");
            }
            if (count == 0) throw new EndOfStreamException($"{Key} ended at byte {offset}; expected {buffer.Length} more");
            buffer = buffer[count..];
            offset += count;
            received(count);
            Interlocked.Add(ref _bytesRead, count);
        }
    }

    /// <summary>The SDK has tried again by itself before it says so, except once an answer's body has begun.</summary>
    static bool IsPassing(Exception exception) => exception is IOException or HttpRequestException
        or AmazonServiceException { StatusCode: >= HttpStatusCode.InternalServerError };
}
