using System.Collections.Concurrent;
using System.Text.Json;
using System.Text.Json.Nodes;
using EtlTracing.LocalAws.S3;
using EtlTracing.LocalAws.StepFunctions.Api;
using EtlTracing.LocalAws.StepFunctions.Language;
using EtlTracing.LocalAws.StepFunctions.Storage;
using EtlTracing.LocalAws.XRay;
using Microsoft.Data.Sqlite;

namespace EtlTracing.LocalAws.StepFunctions.Engine;

/// <summary>
/// Runs the executions. What happens to one of them is a <see cref="Turn"/>: made under the execution's gate, written
/// down, published to X-Ray, and only then acted upon, so that a worker never sees a task that a killed process forgets,
/// nor looks for a subsegment that isn't there yet.
/// </summary>
public sealed partial class WorkflowEngine : IAsyncDisposable
{
    readonly ConcurrentDictionary<string, Execution> _running = new();
    readonly ConcurrentDictionary<string, (Execution Execution, Branch Branch)> _tasks = new();
    readonly Store _store;
    readonly Journal _journal;
    readonly Arns _arns;
    readonly SegmentStore _segments;
    readonly AlarmClock _alarms;
    readonly BackgroundWork _work;
    readonly RevisionNumbers _revisions;
    readonly MapItemReader _itemReader;
    readonly MapResultWriter _resultWriter;
    readonly TimeProvider _time;
    readonly ILogger _log;
    readonly Random _random = new();
    long _lastSequence;

    public WorkflowEngine(Store store, Journal journal, Arns arns, RevisionNumbers revisions, SegmentStore segments, S3Store objects, TimeProvider time, ILogger log)
    {
        _store = store;
        _journal = journal;
        _arns = arns;
        _segments = segments;
        _revisions = revisions;
        _itemReader = new MapItemReader(objects);
        _resultWriter = new MapResultWriter(store, objects);
        _time = time;
        _log = log;
        _work = new BackgroundWork(log);
        _alarms = new AlarmClock(time, execution => _work.Run(() => PassTimeAsync(execution)));
        Activities = new ActivityBook(time);
        _lastSequence = store.Highest("SELECT max(sequence) FROM executions");
    }

    public ActivityBook Activities { get; }

    /// <summary>In whole milliseconds, so that a time reads the same in the context object, in histories and in answers.</summary>
    public DateTimeOffset Now => DateTimeOffset.FromUnixTimeMilliseconds(_time.GetUtcNow().ToUnixTimeMilliseconds());

    /// <summary>Takes up all executions that were running when the process ended.</summary>
    public async Task ResumeAsync()
    {
        foreach (var (sequence, json) in _store.Query("SELECT sequence, segment FROM executions WHERE segment IS NOT NULL", row => (row.GetInt64(0), row.GetString(1))))
            if (await PublishAsync((JsonObject)StateData.Parse(json)!)) _ = _journal.WriteAsync(writer => Store.ForgetSegment(writer, sequence));
        foreach (var row in _store.Query($"SELECT {ExecutionRow.Columns} FROM executions WHERE status = 'RUNNING' ORDER BY sequence", ExecutionRow.Read)) _running[row.Arn] = Revive(row);
        // Their last state may have been written but never published.
        await Task.WhenAll(_running.Values.Select(execution => execution.Segment is { } segment ? PublishAsync(segment.ToDocument(execution, null)) : Task.FromResult(true)));
        foreach (var execution in _running.Values.OrderBy(one => one.Sequence)) Resume(execution);
        ResumeMapRuns();
    }

    void Resume(Execution execution)
    {
        foreach (var branch in execution.Branches())
        {
            if (branch.Token is null) continue;
            // While this process was away no heartbeat could arrive: a live worker gets one interval to be heard.
            if (branch.HeartbeatDue is not null && branch.HeartbeatSeconds is { } seconds && branch.HeartbeatDue < Now.AddSeconds(seconds)) branch.HeartbeatDue = Now.AddSeconds(seconds);
            _tasks[branch.Token] = (execution, branch);
            if (branch.Phase == Phase.Scheduled) Activities.Find(branch.Activity!)?.Offer(branch.Token);
        }
        SetAlarm(execution);
    }

    Execution Revive(ExecutionRow row)
    {
        var snapshot = JsonSerializer.Deserialize(row.Snapshot!, SnapshotJson.Default.Snapshot)!;
        var execution = new Execution
        {
            Arn = row.Arn,
            Machine = _store.Revision(row.Revision) ?? throw new InvalidDataException($"revision {row.Revision} of {row.Machine} is missing"),
            Name = row.Name,
            Input = row.Input,
            Started = Store.Time(row.Started),
            TraceHeader = row.Trace,
            MapRun = row.MapRun,
            ItemCount = row.Items,
            MapItem = row.MapItem,
            Sequence = row.Sequence,
            RedriveCount = row.Redrives,
            Redriven = row.Redriven is { } redriven ? Store.Time(redriven) : null,
            Deadline = snapshot.Deadline,
            NextEvent = snapshot.NextEvent,
            Root = snapshot.Root,
            Segment = snapshot.Segment,
        };
        execution.Root.Attach(execution.Definition.Root, null, execution.Segment);
        return execution;
    }

    /// <summary>Makes a turn and carries out what follows from it.</summary>
    async Task MoveAsync(Execution execution, Action<Turn> move)
    {
        Turn turn;
        lock (_random) turn = new Turn(execution, _arns, Activities, _revisions, Now, new Random(_random.Next()));
        try
        {
            move(turn);
            turn.Close();
            await _journal.WriteAsync(writer => Store.Save(writer, turn));
        }
        catch (Exception e) when (e is not SqliteException)
        {
            // Nothing half-done may stay: the file's state is the truth again.
            _log.LogError(e, "{Execution} could not be moved on", execution.Arn);
            await RollBackAsync(execution, turn);
            throw new ServiceException("InternalServerError", e.Message, 500);
        }
        catch (SqliteException)
        {
            await RollBackAsync(execution, turn);
            throw;
        }
        await FollowUpAsync(turn);
    }

    async Task FollowUpAsync(Turn turn)
    {
        var execution = turn.Execution;
        if (turn.Document is { } document && await PublishAsync(document) && turn.Stopped is not null)
            _ = _journal.WriteAsync(writer => Store.ForgetSegment(writer, execution.Sequence));
        foreach (var token in turn.DeadTokens) _tasks.TryRemove(token, out _);
        foreach (var branch in turn.Offered)
        {
            if (branch.Token is not { } token) continue;
            _tasks[token] = (execution, branch);
            Activities.Find(branch.Activity!)?.Offer(token);
        }
        if (execution.IsRunning) SetAlarm(execution);
        else _running.TryRemove(execution.Arn, out _);
        await FollowMapRunsAsync(turn);
    }

    /// <summary>A trace that can't be stored holds no workflow up; the last document of an execution is sent again after a restart.</summary>
    async Task<bool> PublishAsync(JsonObject document)
    {
        try
        {
            await _segments.PutOwnAsync(document);
            return true;
        }
        catch (IOException e)
        {
            _log.LogError(e, "The segment of {Execution} could not be stored", document["aws"]?["execution_arn"]);
            return false;
        }
    }

    /// <summary>The write failed, so the file's state is the truth again; what is due is tried again a little later.</summary>
    async Task RollBackAsync(Execution execution, Turn turn)
    {
        execution.IsStale = true;
        _running.TryRemove(execution.Arn, out _);
        foreach (var (token, task) in _tasks)
            if (task.Execution == execution) _tasks.TryRemove(token, out _);
        if (turn.IsFirst || _store.Execution(execution.Arn) is not { Status: "RUNNING" } row) return;
        var again = Revive(row);
        _running[again.Arn] = again;
        _work.Run(async () =>
        {
            await Task.Delay(TimeSpan.FromSeconds(1), _time, _work.Stopping);
            await again.Gate.WaitAsync();
            try
            {
                if (again.IsRunning && !again.IsStale) Resume(again);
            }
            finally
            {
                again.Gate.Release();
            }
        });
    }

    void SetAlarm(Execution execution)
    {
        var due = Turn.NextDue(execution);
        var ticks = due?.UtcTicks ?? 0;
        if (ticks == execution.Alarm) return;
        execution.Alarm = ticks;
        if (due is { } at) _alarms.Set(execution, at);
    }

    async Task PassTimeAsync(Execution execution)
    {
        await execution.Gate.WaitAsync();
        try
        {
            execution.Alarm = 0;
            if (execution.IsStale || !execution.IsRunning) return;
            if (Turn.NextDue(execution) <= Now) await MoveAsync(execution, turn => turn.PassTime());
            else SetAlarm(execution);
        }
        catch (Exception e) when (e is SqliteException or ServiceException)
        {
            _log.LogError(e, "{Execution} could not go on; trying again", execution.Arn);
        }
        finally
        {
            execution.Gate.Release();
        }
    }

    public async ValueTask DisposeAsync()
    {
        _alarms.Dispose();
        await _work.DisposeAsync();
    }
}
