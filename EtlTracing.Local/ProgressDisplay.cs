using System.Collections.Concurrent;
using EtlTracing.Traces;
using Spectre.Console;

namespace EtlTracing.Local;

/// <summary>Shows where the runs are: a live table on a terminal, else a plain line for each change.</summary>
public sealed class ProgressDisplay(IAnsiConsole console, TimeProvider time)
{
    static readonly TimeSpan s_refresh = TimeSpan.FromMilliseconds(100);
    readonly ConcurrentDictionary<string, FollowedRun> _runs = new(StringComparer.Ordinal);
    readonly Lock _gate = new();

    bool IsLive => console.Profile.Out.IsTerminal && console.Profile.Capabilities.Ansi;

    /// <summary>Takes a run as it was just read; on a terminal the table shows it at the next refresh.</summary>
    public void Show(FollowedRun run)
    {
        lock (_gate)
        {
            var changed = !_runs.TryGetValue(run.Upload.Key, out var last) || Line(last) != Line(run);
            _runs[run.Upload.Key] = run;
            if (changed && !IsLive) console.WriteLine($"{run.Upload.Key}: {Line(run)}");
        }
    }

    /// <summary>Keeps the display up to date until <paramref name="work"/> is done.</summary>
    public async Task<T> WhileAsync<T>(Task<T> work)
    {
        if (!IsLive) return await work;
        return await console.Live(Table()).StartAsync(async live =>
        {
            while (await Task.WhenAny(work, Task.Delay(s_refresh, time)) != work) live.UpdateTarget(Table());
            live.UpdateTarget(Table());
            return await work;
        });
    }

    // What changes slowly enough for a log: not the rows.
    string Line(FollowedRun followed) => followed switch
    {
        { Run: null } => "uploaded, waiting for its run",
        { IsOver: true } => $"{followed.Run.Status.ToString().ToLowerInvariant()} after {Units.Time(followed.Detail!.Length(time.GetUtcNow()))}",
        { Progress: { Step: { } step } progress } => $"{progress.State}: {step}",
        { Progress: { } progress } => progress.State,
        _ => "running",
    };

    Table Table()
    {
        var table = new Table().RoundedBorder().AddColumns("input", "state", "step").AddColumn("rows", column => column.RightAligned()).AddColumn("time", column => column.RightAligned());
        foreach (var followed in _runs.Values.OrderBy(run => run.Upload.At))
            table.AddRow(
                new Text(followed.Upload.Key),
                State(followed),
                new Text(followed.Progress?.Step ?? ""),
                new Text((followed.Progress?.Rows ?? followed.Run?.RowsOut) is { } rows ? Units.Count(rows) : ""),
                new Text(Units.Time(followed.Detail?.Length(time.GetUtcNow()) ?? time.GetUtcNow() - followed.Upload.At)));
        return table;
    }

    static Text State(FollowedRun followed) => followed switch
    {
        { Run: null } => new Text("waiting"),
        { Succeeded: true } => new Text("✓ succeeded", new Style(Color.Green)),
        { IsOver: true } => new Text("✗ " + followed.Run.Status.ToString().ToLowerInvariant(), new Style(Color.Red)),
        _ => new Text(followed.Progress?.State ?? "running", new Style(Color.Blue)),
    };
}
