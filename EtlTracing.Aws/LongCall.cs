using System.Diagnostics;

namespace EtlTracing.Aws;

/// <summary>
/// The span of an object that is read or written by many requests. It is current only within them, since in between the
/// caller works on, and its spans are not part of the transfer.
/// </summary>
sealed class LongCall
{
    readonly Activity? _span;
    bool _ended;

    LongCall(Activity? span) => _span = span;

    public static LongCall Start(string operation, string bucket, string key)
    {
        var current = Activity.Current;
        var span = SdkTracing.Start("S3", operation)?.SetTag("aws.s3.bucket", bucket).SetTag("aws.s3.key", key);
        Activity.Current = current;
        return new LongCall(span);
    }

    public void Rename(string operation)
    {
        if (_span is not null) _span.DisplayName = $"S3.{operation}";
        _span?.SetTag("rpc.method", operation).SetTag("aws.operation", operation);
    }

    /// <summary>An asynchronous method's change of the current span ends with it.</summary>
    public async Task<T> RunAsync<T>(Func<Task<T>> request)
    {
        if (_span is not null && !_ended) Activity.Current = _span;
        return await request().ConfigureAwait(false);
    }

    public void End(DateTimeOffset at, Exception? failure = null)
    {
        if (_ended || _span is null) return;
        _ended = true;
        if (failure is not null) SdkTracing.Fail(_span, failure);
        var current = Activity.Current;
        _span.SetEndTime(at.UtcDateTime);
        _span.Stop();
        Activity.Current = current;
    }
}
