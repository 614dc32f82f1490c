namespace EtlTracing.Pipeline.Running;

/// <summary>Lets batches through in the input's order, one at a time.</summary>
sealed class Turnstile
{
    readonly Lock _lock = new();
    readonly Dictionary<long, TaskCompletionSource> _waiting = [];
    long _next;

    /// <summary>Ends when all batches before this one have passed.</summary>
    public Task EnterAsync(long batch, CancellationToken cancellationToken)
    {
        lock (_lock)
        {
            if (batch == _next) return Task.CompletedTask;
            var turn = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            _waiting.Add(batch, turn);
            return turn.Task.WaitAsync(cancellationToken);
        }
    }

    public void Leave()
    {
        lock (_lock)
        {
            _next++;
            if (_waiting.Remove(_next, out var turn)) turn.SetResult();
        }
    }
}
