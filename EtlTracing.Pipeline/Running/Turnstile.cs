namespace EtlTracing.Pipeline.Running;

/// <summary>Lets batches through in the input's order, one at a time.</summary>
sealed class Turnstile
{
    readonly object _gate = new();
    readonly Dictionary<long, TaskCompletionSource> _waiting = [];
    long _next;

    /// <summary>
    /// Returns when all batches before this one have passed. The thread is held: for turnstiles behind which nobody waits for bytes, so that whoever is
    /// before this batch has a thread of its own.
    /// </summary>
    public void Enter(long batch, CancellationToken cancellationToken)
    {
        if (Volatile.Read(ref _next) == batch) return;
        using var waking = cancellationToken.Register(Wake);
        lock (_gate)
        {
            while (_next != batch)
            {
                cancellationToken.ThrowIfCancellationRequested();
                Monitor.Wait(_gate);
            }
        }
    }

    /// <summary>Ends when all batches before this one have passed.</summary>
    public Task EnterAsync(long batch, CancellationToken cancellationToken)
    {
        lock (_gate)
        {
            if (batch == _next) return Task.CompletedTask;
            var turn = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            _waiting.Add(batch, turn);
            return turn.Task.WaitAsync(cancellationToken);
        }
    }

    public void Leave()
    {
        lock (_gate)
        {
            _next++;
            Monitor.PulseAll(_gate);
            if (_waiting.Remove(_next, out var turn)) turn.SetResult();
        }
    }

    void Wake()
    {
        lock (_gate) Monitor.PulseAll(_gate);
    }
}
