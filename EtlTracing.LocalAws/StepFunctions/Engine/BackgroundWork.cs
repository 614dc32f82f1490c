namespace EtlTracing.LocalAws.StepFunctions.Engine;

/// <summary>Work that nobody waits for while it goes on, except for the end of the service: after it nothing may touch the files.</summary>
public sealed class BackgroundWork(ILogger log) : IAsyncDisposable
{
    readonly Lock _lock = new();
    readonly TaskCompletionSource _none = new(TaskCreationOptions.RunContinuationsAsynchronously);
    readonly CancellationTokenSource _stopping = new();
    int _running;

    /// <summary>Set when the service ends: long work breaks off between two steps and goes on after the next start.</summary>
    public CancellationToken Stopping => _stopping.Token;

    /// <summary>Begins the work, unless the service is ending.</summary>
    public void Run(Func<Task> work)
    {
        lock (_lock)
        {
            if (_stopping.IsCancellationRequested) return;
            _running++;
        }
        _ = Task.Run(() => RunAsync(work));
    }

    public async ValueTask DisposeAsync()
    {
        lock (_lock)
        {
            _stopping.Cancel();
            if (_running == 0) _none.TrySetResult();
        }
        await _none.Task;
    }

    async Task RunAsync(Func<Task> work)
    {
        try
        {
            await work();
        }
        catch (OperationCanceledException) when (_stopping.IsCancellationRequested)
        {
            // It goes on after the next start.
        }
#pragma warning disable CA1031 // nobody else would ever hear of it
        catch (Exception e)
#pragma warning restore CA1031
        {
            log.LogError(e, "Work in the background failed");
        }
        finally
        {
            lock (_lock)
                if (--_running == 0 && _stopping.IsCancellationRequested) _none.TrySetResult();
        }
    }
}
