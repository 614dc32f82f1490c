using EtlTracing.LocalAws.StepFunctions.Engine;

namespace EtlTracing.LocalAws.StepFunctions.Storage;

/// <summary>Forgets closed executions when they are old or too many, so that the file doesn't grow for ever.</summary>
public sealed class Retention(Store store, Journal journal, LocalCloudOptions options, ILogger log) : IAsyncDisposable
{
    const int Step = 500;
    const int MaxRounds = 1_000;

    static readonly TimeSpan s_between = TimeSpan.FromMinutes(10);

    readonly BackgroundWork _work = new(log);
    ITimer? _timer;

    public void Start() => _timer = options.Time.CreateTimer(_ => _work.Run(CleanAsync), null, s_between, s_between);

    public async Task CleanAsync()
    {
        var oldest = Store.Seconds(options.Time.GetUtcNow() - options.ExecutionRetention);
        for (var round = 0; round < MaxRounds; round++)
        {
            _work.Stopping.ThrowIfCancellationRequested();
            var gone = store.Query(
                """
                SELECT sequence FROM executions WHERE stopped < $1
                UNION SELECT * FROM (SELECT sequence FROM executions WHERE stopped IS NOT NULL ORDER BY stopped DESC LIMIT $2 OFFSET $3)
                LIMIT $2
                """,
                row => row.GetInt64(0), oldest, Step, options.MaxClosedExecutions);
            if (gone.Count == 0) return;
            await journal.WriteAsync(writer =>
            {
                Forget(writer, gone);
                writer.Run("DELETE FROM revisions WHERE id NOT IN (SELECT revision FROM machines UNION SELECT revision FROM executions UNION SELECT revision FROM map_runs)");
            });
        }
    }

    public static void Forget(JournalWriter writer, IEnumerable<long> sequences)
    {
        foreach (var sequence in sequences)
        {
            writer.Run("DELETE FROM map_items WHERE run IN (SELECT sequence FROM map_runs WHERE execution = (SELECT arn FROM executions WHERE sequence = $1))", sequence);
            writer.Run("DELETE FROM map_runs WHERE execution = (SELECT arn FROM executions WHERE sequence = $1)", sequence);
            writer.Run("DELETE FROM events WHERE execution = $1", sequence);
            writer.Run("DELETE FROM executions WHERE sequence = $1", sequence);
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (_timer is not null) await _timer.DisposeAsync();
        await _work.DisposeAsync();
    }
}
