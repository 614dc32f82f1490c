using EtlTracing.Traces;
using Spectre.Console;

namespace EtlTracing.Local;

/// <summary>Looks at what a running system did: the runs, one trace, two runs side by side. Only reads.</summary>
public sealed class Inspection(Uri endpoint, IAnsiConsole console, TimeProvider time) : IDisposable
{
    /// <summary>In the place of a second run: the median of the first one's predecessors.</summary>
    const string Median = "median";

    readonly Amazon.StepFunctions.AmazonStepFunctionsClient _states = PipelineSetup.States(endpoint);
    readonly Amazon.XRay.AmazonXRayClient _xray = PipelineSetup.XRay(endpoint);

    /// <returns>0, or 1 where a run is not known or the system is not up; the reason is printed.</returns>
    public async Task<int> RunAsync(CommandLine line, CancellationToken cancellationToken)
    {
        using var catalog = new RunCatalog(new RunReader(_states, _xray, PipelineSetup.StateMachineArn, time), time);
        await catalog.RefreshAsync(cancellationToken);
        if (catalog.Problem is { } problem)
        {
            console.WriteLine($"{endpoint.GetLeftPart(UriPartial.Authority)}: {problem} Is the system up? --port names another port.");
            return 1;
        }
        if (line.ListRuns) return List(catalog);
        if (line.Trace is { } id) return await TraceAsync(catalog, id, cancellationToken);
        return await CompareAsync(catalog, line.Compare!.Value.A, line.Compare.Value.B, cancellationToken);
    }

    int List(RunCatalog catalog)
    {
        var table = new Table().SimpleBorder().AddColumns("run", "status", "input", "started");
        foreach (var title in new[] { "time", "rows in", "out", "dropped", "rejected" }) table.AddColumn(title, column => column.RightAligned().NoWrap());
        foreach (var entry in catalog.Entries)
        {
            var run = entry.Run;
            var progress = entry.Digest?.Progress?.Rows is { } soFar ? $", {Units.Count(soFar)} rows so far" : "";
            table.AddRow(
                new Text(run.Id.Length > 12 ? run.Id[..12] : run.Id),
                new Text(Verdict.Word(entry.Kind)),
                new Text(entry.StandsOut.Length == 0 ? run.Input.Key ?? "" : $"{run.Input.Key}\n  {entry.StandsOut}{progress}"),
                new Text(Units.Instant(run.Started)),
                new Text(Units.Time(entry.Duration ?? time.GetUtcNow() - run.Started)),
                new Text(Count(run.RowsRead)), new Text(Count(run.RowsOut)), new Text(Count(run.RowsDropped)), new Text(Count(run.RowsRejected)));
        }
        console.Write(table);
        console.WriteLine(Units.Of(catalog.Entries.Count, "run"));
        return 0;
    }

    async Task<int> TraceAsync(RunCatalog catalog, string id, CancellationToken cancellationToken)
    {
        if (await FindAsync(catalog, id, cancellationToken) is not { } detail) return 1;
        TraceView.Write(console, detail, catalog.UsualBefore(detail.Run), time.GetUtcNow());
        return 0;
    }

    async Task<int> CompareAsync(RunCatalog catalog, string first, string second, CancellationToken cancellationToken)
    {
        if (await FindAsync(catalog, first, cancellationToken) is not { } a) return 1;
        RunProfile? against;
        if (second == Median)
        {
            against = catalog.MedianBefore(a.Run);
            if (against is null) console.WriteLine("this input has no earlier good run with a trace to compare with");
        }
        else
        {
            against = await FindAsync(catalog, second, cancellationToken) is { } b ? RunProfile.Of(b) : null;
        }
        if (against is null) return 1;
        var comparison = Comparison.Of(RunProfile.Of(a), against);
        console.WriteLine(comparison.Verdict.ToString());
        var table = new Table().SimpleBorder().AddColumn("step");
        foreach (var title in new[] { "A", "B", "change", "rows A", "rows B" }) table.AddColumn(title, column => column.RightAligned());
        foreach (var step in comparison.ByChange)
            table.AddRow(
                new Text(comparison.Name(step)), new Text(Time(step.A)), new Text(Time(step.B)),
                new Text(step.Change is { } change ? Units.Change(change) : ""), new Text(Count(step.A?.RowsOut)), new Text(Count(step.B?.RowsOut)));
        console.Write(table);
        return 0;
    }

    /// <summary>A run by its name, the beginning of its name as the list shows it, or its trace's id.</summary>
    async Task<RunDetail?> FindAsync(RunCatalog catalog, string id, CancellationToken cancellationToken)
    {
        var matches = catalog.Entries.Where(entry => entry.Run.Id.StartsWith(id, StringComparison.Ordinal)).Take(2).ToList();
        if (matches.Count == 2 && matches.TrueForAll(entry => entry.Run.Id != id))
        {
            console.WriteLine($"'{id}' is the beginning of several runs' names: give more of it");
            return null;
        }
        var detail = await catalog.ReadAsync(matches is [var only] ? only.Run.Id : id, cancellationToken);
        if (detail is null) console.WriteLine($"no run is called '{id}', and none has that trace id; --runs lists them");
        return detail;
    }

    static string Time(StepProfile? step) => step is null ? "" : Units.Time(step.Duration);

    static string Count(long? number) => number is { } count ? Units.Count(count) : "";

    public void Dispose()
    {
        _states.Dispose();
        _xray.Dispose();
    }
}
