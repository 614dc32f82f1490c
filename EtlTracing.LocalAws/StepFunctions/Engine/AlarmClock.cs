namespace EtlTracing.LocalAws.StepFunctions.Engine;

/// <summary>Wakes executions at their times: one timer, set to the earliest of them.</summary>
public sealed class AlarmClock : IDisposable
{
    /// <summary>Timers can't run for a year, but waits can.</summary>
    static readonly TimeSpan s_longest = TimeSpan.FromDays(1);

    readonly Lock _lock = new();
    readonly PriorityQueue<Execution, DateTimeOffset> _alarms = new();
    readonly TimeProvider _time;
    readonly Action<Execution> _wake;
    readonly ITimer _timer;
    bool _isDisposed;

    public AlarmClock(TimeProvider time, Action<Execution> wake)
    {
        _time = time;
        _wake = wake;
        _timer = time.CreateTimer(_ => Ring(), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    public void Set(Execution execution, DateTimeOffset due)
    {
        lock (_lock)
        {
            _alarms.Enqueue(execution, due);
            if (_alarms.TryPeek(out _, out var first) && first == due) SetTimer(due);
        }
    }

    public void Dispose()
    {
        lock (_lock) _isDisposed = true;
        _timer.Dispose();
    }

    void Ring()
    {
        var due = new List<Execution>();
        lock (_lock)
        {
            var now = _time.GetUtcNow();
            while (_alarms.TryPeek(out _, out var first) && first <= now)
            {
                var execution = _alarms.Dequeue();
                // An alarm that was moved since is rung by its later entry.
                if (execution.Alarm == first.UtcTicks) due.Add(execution);
            }
            if (_alarms.TryPeek(out _, out var next)) SetTimer(next);
        }
        foreach (var execution in due) _wake(execution);
    }

    void SetTimer(DateTimeOffset due)
    {
        if (_isDisposed) return;
        var wait = due - _time.GetUtcNow();
        _timer.Change(wait < TimeSpan.Zero ? TimeSpan.Zero : wait > s_longest ? s_longest : wait, Timeout.InfiniteTimeSpan);
    }
}
