using EtlTracing.LocalAws.StepFunctions.Api;
using EtlTracing.LocalAws.StepFunctions.Storage;

namespace EtlTracing.LocalAws.StepFunctions.Engine;

public sealed partial class WorkflowEngine
{
    /// <summary>
    /// Starts an execution. The same name with the same input while it runs is the same execution; anything else under a
    /// name that was used is refused.
    /// </summary>
    public async Task<(string Arn, double Started)> StartAsync(Machine machine, string name, string input, string? traceHeader, string? mapRun = null, long mapItem = 0, long items = 0)
    {
        var arn = _arns.Execution(mapRun is null ? machine.Name : MapRunPath(mapRun), name);
        var now = Now;
        var execution = new Execution
        {
            Arn = arn,
            Machine = machine,
            Name = name,
            Input = input,
            Started = now,
            TraceHeader = traceHeader,
            MapRun = mapRun,
            MapItem = mapItem,
            ItemCount = items,
            Segment = Segment.For(traceHeader, machine.Tracing, now),
        };
        await execution.Gate.WaitAsync();
        try
        {
            while (_running.GetOrAdd(arn, execution) is { } other && other != execution)
            {
                // It may be on its way into the file, or out of the running ones.
                await other.Gate.WaitAsync();
                other.Gate.Release();
                if (!other.IsRunning || other.IsStale)
                {
                    _running.TryRemove(new KeyValuePair<string, Execution>(arn, other));
                    continue;
                }
                return other.Input == input ? (arn, Store.Seconds(other.Started)) : throw AlreadyExists(arn);
            }
            if (_store.Query("SELECT 1 FROM executions WHERE arn = $1", row => row.GetInt64(0), arn).Count > 0)
            {
                _running.TryRemove(new KeyValuePair<string, Execution>(arn, execution));
                throw AlreadyExists(arn);
            }
            execution.Sequence = Interlocked.Increment(ref _lastSequence);
            await MoveAsync(execution, turn => turn.Start());
            return (arn, Store.Seconds(now));
        }
        finally
        {
            execution.Gate.Release();
        }
    }

    public async Task<double> StopAsync(string arn, string? error, string? cause)
    {
        if (_running.TryGetValue(arn, out var execution))
        {
            await execution.Gate.WaitAsync();
            try
            {
                if (execution.IsRunning && !execution.IsStale) await MoveAsync(execution, turn => turn.Stop(error, cause));
            }
            finally
            {
                execution.Gate.Release();
            }
        }
        return _store.Execution(arn)?.Stopped ?? throw ServiceException.NoExecution(arn);
    }

    /// <summary>Ends the executions of deleted state machines. AWS does it at each one's next transition, here it is at once.</summary>
    public async Task EndOrphansAsync(Func<Machine, bool> isDeleted)
    {
        foreach (var execution in _running.Values.Where(one => one.MapRun is null && isDeleted(one.Machine)))
        {
            await execution.Gate.WaitAsync();
            try
            {
                if (execution.IsRunning && !execution.IsStale) await MoveAsync(execution, turn => turn.EndWithMachine());
            }
            finally
            {
                execution.Gate.Release();
            }
        }
    }

    /// <summary>Takes a failed execution up again.</summary>
    public async Task<double> RedriveAsync(string arn)
    {
        var row = _store.Execution(arn) ?? throw ServiceException.NoExecution(arn);
        var (status, reason) = ExecutionApi.Redrivable(row, Now);
        if (status != "REDRIVABLE" || row.Snapshot is null) throw new ServiceException("ExecutionNotRedrivable", reason ?? "Execution is redrivable by its Map Run only");
        var execution = Revive(row);
        await execution.Gate.WaitAsync();
        try
        {
            if (!_running.TryAdd(arn, execution)) throw new ServiceException("ExecutionNotRedrivable", "Execution is RUNNING and cannot be redriven");
            await MoveAsync(execution, turn => turn.Redrive());
            return Store.Seconds(execution.Redriven!.Value);
        }
        finally
        {
            execution.Gate.Release();
        }
    }

    /// <summary>Waits for a task of an activity and takes it; null when none came in time.</summary>
    public async Task<(string Token, string Input)?> TakeTaskAsync(string activity, string? worker, TimeSpan longest, CancellationToken aborted)
    {
        var end = Now + longest;
        for (var wait = longest; wait > TimeSpan.Zero; wait = end - Now)
        {
            var queue = Activities.Find(activity) ?? throw ServiceException.NoActivity(activity);
            string? token;
            try
            {
                token = await queue.TakeAsync(wait, aborted);
            }
            catch (InvalidOperationException)
            {
                throw new ServiceException("ActivityWorkerLimitExceeded", $"Activity Worker Limit Exceeded: '{activity}'");
            }
            if (token is null) return null;
            if (aborted.IsCancellationRequested)
            {
                if (_tasks.ContainsKey(token)) queue.Offer(token);
                return null;
            }
            string? input = null;
            // Tokens of tasks that ended while they waited are passed over.
            if (await ChangeAsync(token, Phase.Scheduled, (turn, branch) =>
                {
                    input = branch.TaskInput;
                    turn.Claim(branch, worker);
                })) return (token, input!);
        }
        return null;
    }

    /// <summary>A task whose worker went away before it got the answer goes back to the others.</summary>
    public Task<bool> GiveBackTaskAsync(string token) => ChangeAsync(token, Phase.Started, (turn, branch) => turn.Unclaim(branch));

    public async Task SucceedAsync(string token, string output)
    {
        if (!await ChangeAsync(token, Phase.Started, (turn, branch) => turn.Succeed(branch, output))) throw Gone(token);
    }

    public async Task FailAsync(string token, string? error, string? cause)
    {
        if (!await ChangeAsync(token, Phase.Started, (turn, branch) => turn.FailTask(branch, error, cause))) throw Gone(token);
    }

    /// <summary>A heartbeat only moves the deadline. It isn't written down: after a restart a worker gets a full interval anyway.</summary>
    public async Task HeartbeatAsync(string token)
    {
        if (!_tasks.TryGetValue(token, out var task)) throw Gone(token);
        await task.Execution.Gate.WaitAsync();
        try
        {
            if (task.Execution.IsStale || !task.Execution.IsRunning || task.Branch.Token != token || task.Branch.Phase != Phase.Started) throw Gone(token);
            if (task.Branch.HeartbeatSeconds is { } seconds) task.Branch.HeartbeatDue = Now.AddSeconds(Math.Min(seconds, 100_000_000));
            SetAlarm(task.Execution);
        }
        finally
        {
            task.Execution.Gate.Release();
        }
    }

    async Task<bool> ChangeAsync(string token, Phase phase, Action<Turn, Branch> change)
    {
        if (!_tasks.TryGetValue(token, out var task)) return false;
        await task.Execution.Gate.WaitAsync();
        try
        {
            if (task.Execution.IsStale || !task.Execution.IsRunning || task.Branch.Token != token || task.Branch.Phase != phase) return false;
            await MoveAsync(task.Execution, turn => change(turn, task.Branch));
            return true;
        }
        finally
        {
            task.Execution.Gate.Release();
        }
    }

    static ServiceException Gone(string token) => TaskToken.IsOurs(token) ? ServiceException.TaskGone() : ServiceException.InvalidToken();

    static ServiceException AlreadyExists(string arn) => new("ExecutionAlreadyExists", $"Execution Already Exists: '{arn}'");
}
