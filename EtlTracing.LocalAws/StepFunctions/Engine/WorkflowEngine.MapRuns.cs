using System.Collections.Concurrent;
using System.Text.Json;

namespace EtlTracing.LocalAws.StepFunctions.Engine;

public sealed partial class WorkflowEngine
{
    readonly ConcurrentDictionary<string, MapRunner> _mapRuns = new();

    static string MapRunPath(string mapRun) => mapRun.Split(':')[6];

    /// <summary>Starts one child; a child that was started before a restart is left as it is.</summary>
    internal async Task StartChildAsync(Machine machine, string name, string input, MapRun run, long item, long size)
    {
        if (_store.Execution(_arns.Execution(MapRunPath(run.Arn), name)) is not null) return;
        await StartAsync(machine, name, input, run.TraceHeader, run.Arn, item, size);
    }

    /// <summary>Tells the execution that began a Map run how it ended, and stops the children that still run.</summary>
    internal async Task EndMapRunAsync(MapRun run, Action<Turn, Branch> end)
    {
        _mapRuns.TryRemove(run.Arn, out _);
        if (_running.TryGetValue(run.Execution, out var execution))
        {
            await execution.Gate.WaitAsync();
            try
            {
                if (!execution.IsStale && execution.IsRunning && execution.Branches().FirstOrDefault(one => one.MapRun == run.Arn) is { } branch)
                    await MoveAsync(execution, turn => end(turn, branch));
            }
            finally
            {
                execution.Gate.Release();
            }
        }
        await StopChildrenAsync(run.Arn);
    }

    /// <summary>Changes how a Map run goes on; one that is over stays as it was.</summary>
    internal Task UpdateMapRunAsync(string arn, Func<MapRun, MapRun> change) => _mapRuns.TryGetValue(arn, out var runner) ? runner.UpdateAsync(change) : Task.CompletedTask;

    async Task FollowMapRunsAsync(Turn turn)
    {
        foreach (var start in turn.MapRuns) Take(start.Run, turn.MapRunSequences[start.Run.Arn]);
        foreach (var (arn, _) in turn.EndedMapRuns)
        {
            if (!_mapRuns.TryRemove(arn, out var runner)) continue;
            _work.Run(async () =>
            {
                await runner.AbandonAsync();
                await StopChildrenAsync(arn);
            });
        }
        if (turn.Stopped is not null && turn.Execution.MapRun is { } mapRun && _mapRuns.TryGetValue(mapRun, out var parent))
            _work.Run(() => parent.ChildEndedAsync(turn.Execution.MapItem, turn.Status, turn.Execution.ItemCount));
        await Task.CompletedTask;
    }

    void ResumeMapRuns()
    {
        foreach (var (sequence, json) in _store.Query("SELECT sequence, document FROM map_runs WHERE status = 'RUNNING'", row => (row.GetInt64(0), row.GetString(1))))
        {
            var run = JsonSerializer.Deserialize<MapRun>(json)!;
            if (_running.ContainsKey(run.Execution)) Take(run, sequence);
        }
        // A run that ended just before the process did may have left children behind.
        foreach (var arn in _running.Values.Select(one => one.MapRun).OfType<string>().Distinct().Where(arn => !_mapRuns.ContainsKey(arn)).ToArray())
            _work.Run(() => StopChildrenAsync(arn));
    }

    void Take(MapRun run, long sequence)
    {
        var runner = new MapRunner(this, _store, _journal, _itemReader, _resultWriter, run, sequence, _log, _work.Stopping);
        _mapRuns[run.Arn] = runner;
        _work.Run(runner.BeginAsync);
    }

    async Task StopChildrenAsync(string mapRun)
    {
        foreach (var child in _running.Values.Where(one => one.MapRun == mapRun))
        {
            _work.Stopping.ThrowIfCancellationRequested();
            await StopAsync(child.Arn, null, null);
        }
    }
}
