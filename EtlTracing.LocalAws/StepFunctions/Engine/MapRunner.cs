using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using EtlTracing.LocalAws.StepFunctions.Language;
using EtlTracing.LocalAws.StepFunctions.Storage;
using Microsoft.Data.Sqlite;

namespace EtlTracing.LocalAws.StepFunctions.Engine;

/// <summary>
/// Carries a distributed Map out: reads the items once and writes them down, keeps as many children running as allowed, and
/// reports back when all are done or too many have failed. Every step is on disk before it counts.
/// </summary>
public sealed class MapRunner(WorkflowEngine engine, Store store, Journal journal, MapItemReader reader, MapResultWriter writer, MapRun run, long sequence, ILogger log, CancellationToken stopping)
{
    const int StartsAtOnce = 100;

    readonly Queue<long> _pending = new();
    Machine? _machine;

    /// <summary>The items of running children. Numbers alone would go wrong: a child that ends while a restarted run reads the file is told of twice.</summary>
    readonly HashSet<long> _running = [];
    long _failedItems;
    long _totalItems;
    bool _hasEnded;

    SemaphoreSlim Gate { get; } = new(1);

    /// <summary>Begins, or goes on after a restart.</summary>
    public async Task BeginAsync()
    {
        await Gate.WaitAsync();
        try
        {
            _machine = store.Revision(run.Revision) ?? throw new InvalidDataException($"revision {run.Revision} of {run.Arn} is missing");
            if (store.Query("SELECT total FROM map_runs WHERE sequence = $1", row => row.IsDBNull(0), sequence) is [true]) await ReadAsync();
            foreach (var (id, status, size) in store.Query("SELECT id, status, size FROM map_items WHERE run = $1 ORDER BY id", row => (row.GetInt64(0), row.GetString(1), row.GetInt64(2)), sequence))
            {
                _totalItems += size;
                if (status == "PENDING") _pending.Enqueue(id);
                else if (status == "RUNNING") _running.Add(id);
                else if (status != "SUCCEEDED") _failedItems += size;
            }
            await AdvanceAsync();
        }
        catch (ItemReaderException e)
        {
            await EndAsync("States.ItemReaderFailed", e.Message);
        }
        catch (StateFailedException e)
        {
            await EndAsync(e.Error, e.Cause ?? "");
        }
        catch (SqliteException e)
        {
            log.LogError(e, "{MapRun} could not go on; it does after a restart", run.Arn);
        }
        finally
        {
            Gate.Release();
        }
    }

    public async Task ChildEndedAsync(long item, string status, long items)
    {
        await Gate.WaitAsync();
        try
        {
            if (!_running.Remove(item)) return;
            if (status != "SUCCEEDED") _failedItems += items;
            await AdvanceAsync();
        }
        catch (SqliteException e)
        {
            log.LogError(e, "{MapRun} could not go on; it does after a restart", run.Arn);
        }
        finally
        {
            Gate.Release();
        }
    }

    public async Task UpdateAsync(Func<MapRun, MapRun> change)
    {
        await Gate.WaitAsync(stopping);
        try
        {
            run = change(run);
            await journal.WriteAsync(write => write.Run("UPDATE map_runs SET document = $2 WHERE sequence = $1", sequence, JsonSerializer.Serialize(run)));
            // Before it has begun there is nothing to go on with.
            if (_machine is not null) await AdvanceAsync();
        }
        finally
        {
            Gate.Release();
        }
    }

    public async Task AbandonAsync()
    {
        await Gate.WaitAsync();
        _hasEnded = true;
        Gate.Release();
    }

    async Task AdvanceAsync()
    {
        if (_hasEnded) return;
        if (IsBeyondTolerance())
        {
            await EndAsync("States.ExceedToleratedFailureThreshold", "The specified tolerated failure threshold was exceeded");
            return;
        }
        while (_pending.Count > 0 && _running.Count < run.MaxConcurrency)
        {
            stopping.ThrowIfCancellationRequested();
            var starts = new List<Task>();
            while (starts.Count < StartsAtOnce && _running.Count < run.MaxConcurrency && _pending.TryDequeue(out var id))
            {
                _running.Add(id);
                starts.Add(StartAsync(id));
            }
            await Task.WhenAll(starts);
        }
        if (_running.Count == 0 && _pending.Count == 0) await EndAsync(null, null);
    }

    async Task StartAsync(long id)
    {
        var (input, size) = store.Query("SELECT input, size FROM map_items WHERE run = $1 AND id = $2", row => (row.GetString(0), row.GetInt64(1)), sequence, id)[0];
        await engine.StartChildAsync(_machine!, ChildName(id), input, run, id, size);
    }

    /// <summary>The same for the same item, so that a start that was interrupted isn't made twice.</summary>
    string ChildName(long id) => new Guid(SHA256.HashData(Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{run.Arn}/{id}"))).AsSpan(0, 16)).ToString();

    bool IsBeyondTolerance()
    {
        if (_failedItems == 0) return false;
        // Either threshold ends the run; one that isn't given doesn't count, unless neither is.
        var byCount = _failedItems > run.ToleratedFailureCount;
        var byShare = _failedItems * 100.0 / _totalItems > run.ToleratedFailurePercentage;
        return (run.ToleratedFailureCount, run.ToleratedFailurePercentage) switch
        {
            ( > 0, 0) => byCount,
            (0, > 0) => byShare,
            _ => byCount || byShare,
        };
    }

    async Task EndAsync(string? error, string? cause)
    {
        _hasEnded = true;
        if (error is null)
        {
            var result = run.WriteBucket is null
                ? StateData.Array(store.Query("SELECT output FROM map_items WHERE run = $1 AND status = 'SUCCEEDED' ORDER BY id", row => row.GetString(0), sequence)).Json
                : await WriteAsync();
            if (result is not null)
            {
                await engine.EndMapRunAsync(run, (turn, branch) => turn.EndMapRun(branch, result));
                return;
            }
            (error, cause) = ("States.ResultWriterFailed", $"The results could not be written to bucket {run.WriteBucket}");
        }
        await engine.EndMapRunAsync(run, (turn, branch) => turn.FailMapRun(branch, error, cause ?? ""));
    }

    async Task<string?> WriteAsync()
    {
        try
        {
            return await writer.WriteAsync(run);
        }
        catch (S3.S3Exception e)
        {
            log.LogWarning("{MapRun}: {Message}", run.Arn, e.Message);
            return null;
        }
    }

    async Task ReadAsync()
    {
        var items = run.Source is { } source ? await reader.ReadAsync(source) : [.. (JsonArray)StateData.Parse(run.Items!)!];
        var inputs = MapInputs.Of(run, items).ToList();
        await journal.WriteAsync(write =>
        {
            for (var i = 0; i < inputs.Count; i++)
                write.Run("INSERT INTO map_items(run, id, size, input, status) VALUES($1, $2, $3, $4, 'PENDING')", sequence, i, inputs[i].Size, inputs[i].Input);
            write.Run("UPDATE map_runs SET total = $2 WHERE sequence = $1", sequence, inputs.Count);
        });
    }
}

/// <summary>What each child gets: an item, an item in the selector's form, or a batch of these.</summary>
static class MapInputs
{
    public static IEnumerable<(string Input, long Size)> Of(MapRun run, IReadOnlyList<JsonNode?> items)
    {
        var selector = run.Selector is { } template ? StateData.Parse(template) : null;
        var input = selector is null ? null : StateData.Parse(run.Input);
        var random = new Random(0);
        IEnumerable<string> each = items.Select((item, index) => selector is null
            ? StateData.Write(item)
            : StateData.Write(PayloadTemplate.Fill(selector, input, new Surroundings(
                () => MapRunStart.WithItem((JsonObject)StateData.Parse(run.Context)!, index, item), name => run.Variables.GetValueOrDefault(name), random))));
        return run.MaxItemsPerBatch == 0 ? each.Select(one => (one, 1L)) : Batches(run, each);
    }

    static IEnumerable<(string Input, long Size)> Batches(MapRun run, IEnumerable<string> each)
    {
        var start = run.BatchInput is null ? "{\"Items\":[" : $"{{\"BatchInput\":{run.BatchInput},\"Items\":[";
        var batch = new StringBuilder(start);
        long size = 0, bytes = Encoding.UTF8.GetByteCount(start) + 2;
        foreach (var item in each)
        {
            var more = Encoding.UTF8.GetByteCount(item) + 1;
            if (size > 0 && (size == run.MaxItemsPerBatch || bytes + more > run.MaxBytesPerBatch))
            {
                yield return (batch.Append("]}").ToString(), size);
                batch.Clear().Append(start);
                (size, bytes) = (0, Encoding.UTF8.GetByteCount(start) + 2);
            }
            if (size > 0) batch.Append(',');
            batch.Append(item);
            size++;
            bytes += more;
        }
        if (size > 0) yield return (batch.Append("]}").ToString(), size);
    }
}
