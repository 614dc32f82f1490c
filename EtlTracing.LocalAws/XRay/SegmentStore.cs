using System.Text.Json;
using System.Text.Json.Nodes;
using System.Threading.Channels;
using Microsoft.Data.Sqlite;

namespace EtlTracing.LocalAws.XRay;

/// <summary>
/// All segment documents, by trace. A complete document replaces the in-progress one of the same id and never the other
/// way round. Writes that come together are committed together; each is acknowledged after its commit.
/// </summary>
public sealed class SegmentStore : IAsyncDisposable
{
    /// <summary>Requests that wait for the writer; beyond it senders wait, which bounds memory.</summary>
    const int MaxWaiting = 256;
    /// <summary>Documents in one transaction: large enough to make its cost small, small enough to answer soon.</summary>
    const int MaxCommit = 10_000;
    static readonly TimeSpan s_retentionInterval = TimeSpan.FromMinutes(5);

    readonly SegmentTables _tables;
    readonly LocalCloudOptions _options;
    readonly Channel<Write> _waiting = Channel.CreateBounded<Write>(new BoundedChannelOptions(MaxWaiting) { SingleReader = true });
    readonly Task _writer;
    long _nextRetention;

    public SegmentStore(LocalCloudOptions options)
    {
        _options = options;
        _tables = new SegmentTables(Path.Combine(options.DataDirectory, "xray.db"));
        _writer = Task.Run(WriteAsync);
    }

    /// <summary>Is told of each complete segment of the local cloud's own.</summary>
    public event Action<JsonObject>? OwnCompleted;

    /// <summary>Takes one document as PutTraceSegments would.</summary>
    /// <returns>The error code when the document is refused.</returns>
    public async Task<string?> PutAsync(JsonObject document, CancellationToken cancellationToken = default)
    {
        if (!SegmentDocument.TryParse(JsonSerializer.SerializeToUtf8Bytes(document), out var parsed, out var invalid)) return invalid.Code;
        return await PutAsync([parsed], cancellationToken) is [var refused, ..] ? refused.Code : null;
    }

    /// <summary>
    /// Takes a segment of the local cloud itself, such as an execution's with its states as nested <c>subsegments</c>. As
    /// <see cref="PutAsync(JsonObject, CancellationToken)"/>; besides, once it is complete its spans go to the OTLP back end, if there is one.
    /// </summary>
    public async Task<string?> PutOwnAsync(JsonObject document, CancellationToken cancellationToken = default)
    {
        if (!SegmentDocument.TryParse(JsonSerializer.SerializeToUtf8Bytes(document), out var parsed, out var invalid)) return invalid.Code;
        if (await PutAsync([parsed], cancellationToken) is [var refused, ..]) return refused.Code;
        // The caller goes on with its own document; and a parsed one has numbers of one type.
        if (parsed.IsComplete) OwnCompleted?.Invoke(JsonNode.Parse(parsed.Json)!.AsObject());
        return null;
    }

    /// <summary>Takes checked documents; returns when they are on disk.</summary>
    /// <returns>The documents that are refused because of their trace id's age.</returns>
    public async Task<IReadOnlyList<InvalidSegment>> PutAsync(IReadOnlyList<SegmentDocument> documents, CancellationToken cancellationToken = default)
    {
        var now = _options.Time.GetUtcNow().ToUnixTimeSeconds();
        var accepted = new List<SegmentDocument>(documents.Count);
        var refused = new List<InvalidSegment>();
        foreach (var document in documents)
        {
            if (IsAcceptable(TraceId.Seconds(document.TraceId), now)) accepted.Add(document);
            else refused.Add(new InvalidSegment(document.Id, InvalidSegment.InvalidTraceId));
        }
        if (accepted.Count == 0) return refused;
        var write = new Write(accepted, new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously));
        try
        {
            await _waiting.Writer.WriteAsync(write, cancellationToken);
        }
        catch (ChannelClosedException exception)
        {
            throw new IOException("segments are not taken any more: the local cloud is stopping", exception);
        }
        await write.Done.Task.WaitAsync(cancellationToken);
        return refused;
    }

    /// <summary>X-Ray refuses ids that are more than 30 days old or in the future; the five minutes are for clock skew.</summary>
    static bool IsAcceptable(long traceSeconds, long now) => traceSeconds > now - 30 * 86400 && traceSeconds < now + 300;

    public StoredTrace? Find(string traceId) => _tables.Find(traceId.ToLowerInvariant());

    /// <summary>
    /// Traces of the range in the order of their ids, which is that of their start. <paramref name="byTraceId"/> compares the time
    /// within the id, otherwise the times of the segments count; <paramref name="after"/> is the last id of the page before.
    /// </summary>
    internal TracePage Range(double start, double end, bool byTraceId, string after, int limit) => _tables.Range(start, end, byTraceId, after, limit);

    public async ValueTask DisposeAsync()
    {
        _waiting.Writer.TryComplete();
        await _writer;
        _tables.Dispose();
    }

    async Task WriteAsync()
    {
        var batch = new List<Write>();
        while (await _waiting.Reader.WaitToReadAsync())
        {
            batch.Clear();
            for (var count = 0; count < MaxCommit && _waiting.Reader.TryRead(out var write); count += write.Documents.Count) batch.Add(write);
            try
            {
                _tables.Write(batch.SelectMany(write => write.Documents));
                Retain();
                foreach (var write in batch) write.Done.SetResult();
            }
            catch (SqliteException exception)
            {
                // A full disk: each sender is told, and the next batch tries again.
                var failure = new IOException($"segments could not be stored: {exception.Message}", exception);
                foreach (var write in batch) write.Done.TrySetException(failure);
            }
        }
    }

    void Retain()
    {
        var now = _options.Time.GetUtcNow();
        if (_tables.Bytes <= _options.MaxTraceBytes && now.ToUnixTimeMilliseconds() < _nextRetention) return;
        _nextRetention = (now + s_retentionInterval).ToUnixTimeMilliseconds();
        _tables.DeleteBefore((now - _options.TraceRetention).ToUnixTimeSeconds());
        _tables.Shrink(_options.MaxTraceBytes);
    }

    sealed record Write(IReadOnlyList<SegmentDocument> Documents, TaskCompletionSource Done);
}

/// <summary>A trace as it was sent. With LimitExceeded documents were left out; Revision grows with each change.</summary>
public sealed record StoredTrace(string Id, bool LimitExceeded, long Revision, IReadOnlyList<byte[]> Documents);

/// <summary>Some traces, and whether there are more.</summary>
sealed record TracePage(IReadOnlyList<StoredTrace> Traces, bool IsLast);
