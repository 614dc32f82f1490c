using System.Collections.Concurrent;
using System.Globalization;
using Spectre.Console;

namespace EtlTracing.Local;

/// <summary>Shows where the runs are: a live table on a terminal, else a plain line for each change.</summary>
public sealed class ProgressDisplay(IAnsiConsole console, TimeProvider time)
{
    static readonly TimeSpan s_refresh = TimeSpan.FromMilliseconds(100);
    readonly ConcurrentDictionary<string, RunStatus> _runs = new(StringComparer.Ordinal);
    readonly Lock _gate = new();

    /// <summary>Takes a run's status; on a terminal the table shows it at the next refresh.</summary>
    public void Show(RunStatus status)
    {
        lock (_gate)
        {
            var key = status.Upload.Key;
            var changed = !_runs.TryGetValue(key, out var last) || Line(last) != Line(status);
            _runs[key] = status;
            if (changed && !console.Profile.Capabilities.Interactive) console.WriteLine($"{key}: {Line(status)}");
        }
    }

    /// <summary>Keeps the display up to date until <paramref name="work"/> is done.</summary>
    public async Task<T> WhileAsync<T>(Task<T> work)
    {
        if (!console.Profile.Capabilities.Interactive) return await work;
        return await console.Live(Table()).StartAsync(async live =>
        {
            while (await Task.WhenAny(work, Task.Delay(s_refresh, time)) != work) live.UpdateTarget(Table());
            live.UpdateTarget(Table());
            return await work;
        });
    }

    // What changes slowly enough for a log: not the rows.
    static string Line(RunStatus run) => run switch
    {
        { Status: null } => "uploaded, waiting for its run",
        { IsOver: true } => $"{run.Status} after {Seconds((run.Stopped - run.Started) ?? TimeSpan.Zero)}",
        { Step: { } step } => $"{run.State}: {step}",
        _ => "running",
    };

    Table Table()
    {
        var table = new Spectre.Console.Table().RoundedBorder().AddColumns("input", "state", "step").AddColumn("rows", column => column.RightAligned()).AddColumn("time", column => column.RightAligned());
        foreach (var run in _runs.Values.OrderBy(run => run.Upload.At))
            table.AddRow(
                new Text(run.Upload.Key),
                State(run),
                new Text(run.IsOver ? "" : run.Step ?? ""),
                new Text(run.Rows?.ToString("N0", CultureInfo.InvariantCulture) ?? ""),
                new Text(Seconds((run.Stopped ?? time.GetUtcNow()) - (run.Started ?? run.Upload.At))));
        return table;
    }

    static Text State(RunStatus run) => run switch
    {
        { Status: null } => new Text("waiting"),
        { Succeeded: true } => new Text("✓ succeeded", new Style(Color.Green)),
        { IsOver: true } => new Text("✗ " + run.Status!.ToLowerInvariant(), new Style(Color.Red)),
        _ => new Text(run.State ?? "running", new Style(Color.Blue)),
    };

    static string Seconds(TimeSpan time) => time.TotalSeconds.ToString("0.0", CultureInfo.InvariantCulture) + " s";
}
