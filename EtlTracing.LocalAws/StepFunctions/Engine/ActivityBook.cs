using System.Collections.Concurrent;

namespace EtlTracing.LocalAws.StepFunctions.Engine;

/// <summary>The activities, and for each the tasks that wait for workers and the workers that wait for tasks.</summary>
public sealed class ActivityBook(TimeProvider time)
{
    readonly ConcurrentDictionary<string, ActivityQueue> _queues = new();

    public bool Exists(string arn) => _queues.ContainsKey(arn);

    public void Add(string arn) => _queues.TryAdd(arn, new ActivityQueue(time));

    public void Remove(string arn)
    {
        if (_queues.TryRemove(arn, out var queue)) queue.Close();
    }

    public ActivityQueue? Find(string arn) => _queues.GetValueOrDefault(arn);
}

/// <summary>Tasks of one activity, first come, first served. Nobody polls: who comes second completes the other's wait.</summary>
public sealed class ActivityQueue(TimeProvider time)
{
    /// <summary>More workers than this may not wait at one activity.</summary>
    public const int MaxWorkers = 1_000;

    readonly Lock _lock = new();
    readonly Queue<string> _tokens = new();
    readonly LinkedList<TaskCompletionSource<string?>> _workers = new();
    bool _isClosed;

    public void Offer(string token)
    {
        TaskCompletionSource<string?>? worker = null;
        lock (_lock)
        {
            if (_workers.First is { } first)
            {
                worker = first.Value;
                _workers.RemoveFirst();
            }
            else
            {
                _tokens.Enqueue(token);
            }
        }
        // A worker that gave up at this very moment has completed its wait with nothing: the next one gets the task.
        if (worker is not null && !worker.TrySetResult(token)) Offer(token);
    }

    /// <summary>The next task's token; null when the time is over or the worker went away.</summary>
    /// <exception cref="InvalidOperationException">Too many workers wait already.</exception>
    public async Task<string?> TakeAsync(TimeSpan longest, CancellationToken aborted)
    {
        TaskCompletionSource<string?> waiting;
        lock (_lock)
        {
            if (_isClosed) return null;
            if (_tokens.TryDequeue(out var token)) return token;
            if (_workers.Count >= MaxWorkers) throw new InvalidOperationException("too many workers");
            waiting = new TaskCompletionSource<string?>(TaskCreationOptions.RunContinuationsAsynchronously);
            _workers.AddLast(waiting);
        }
        await using var timer = time.CreateTimer(_ => GiveUp(waiting), null, longest, Timeout.InfiniteTimeSpan);
        await using var abort = aborted.Register(() => GiveUp(waiting));
        return await waiting.Task;
    }

    public void Close()
    {
        TaskCompletionSource<string?>[] workers;
        lock (_lock)
        {
            _isClosed = true;
            workers = [.. _workers];
            _workers.Clear();
            _tokens.Clear();
        }
        foreach (var worker in workers) worker.TrySetResult(null);
    }

    void GiveUp(TaskCompletionSource<string?> waiting)
    {
        lock (_lock) _workers.Remove(waiting);
        waiting.TrySetResult(null);
    }
}
