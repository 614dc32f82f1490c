namespace EtlTracing.LocalAws;

/// <summary>Counts the requests that are being answered. Kestrel stops waiting for them after a while and aborts them, but their code still runs.</summary>
sealed class RequestsInFlight
{
    readonly Lock _lock = new();
    readonly TaskCompletionSource _none = new(TaskCreationOptions.RunContinuationsAsynchronously);
    bool _isEnding;
    int _count;

    public async Task RunAsync(HttpContext context, RequestDelegate next)
    {
        lock (_lock) _count++;
        try
        {
            await next(context);
        }
        finally
        {
            lock (_lock)
                if (--_count == 0 && _isEnding) _none.TrySetResult();
        }
    }

    /// <summary>Waits until there is none.</summary>
    public Task EndAsync()
    {
        lock (_lock)
        {
            _isEnding = true;
            if (_count == 0) _none.TrySetResult();
        }
        return _none.Task;
    }
}
