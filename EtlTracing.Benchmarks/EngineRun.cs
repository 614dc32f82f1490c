using System.Diagnostics;
using System.Globalization;
using System.Runtime;
using EtlTracing.CleanJob;
using EtlTracing.Pipeline;
using EtlTracing.ProcessJob;

namespace EtlTracing.Benchmarks;

/// <summary>Clean and process, once, on local files, in this process: what the ratios against other tools are taken of.</summary>
static class EngineRun
{
    /// <summary>The year that the peer programs take for the current one unless told otherwise.</summary>
    static readonly DateOnly s_today = new(2026, 1, 1);

    /// <summary>Whether to tell more, for experiments.</summary>
    static bool ShowSteps => Environment.GetEnvironmentVariable("LAP") is not null;

    public static async Task<int> RunAsync(string input, string folder)
    {
        Directory.CreateDirectory(folder);
        var defaults = new PipelineOptions { Today = s_today };
        var options = defaults with
        {
            MemoryBudget = Knob("ETL_MEMORY") ?? defaults.MemoryBudget,
            BatchBytes = (int)(Knob("BATCH_BYTES") ?? defaults.BatchBytes),
            StepwiseBytes = Knob("STEPWISE_BYTES") ?? defaults.StepwiseBytes,
            Threads = (int)(Knob("THREADS") ?? defaults.Threads),
        };
        var cleaned = Path.Combine(folder, "cleaned.parquet");
        var begin = Stopwatch.GetTimestamp();
        if (Knob("PROCESS_ONLY") is null)
        {
            var clean = await CleanRecipe.Create().RunAsync(
                DataSource.FromFile(input), DataSink.ToFile(cleaned), DataSink.ToFile(Path.Combine(folder, "rejected.csv")), options, CancellationToken.None);
            Print("clean", clean, begin);
        }

        begin = Stopwatch.GetTimestamp();
        var process = await ProcessRecipe.Create().RunAsync(
            DataSource.FromFile(cleaned), DataSink.ToFile(Path.Combine(folder, "processed.parquet")), DataSink.ToFile(Path.Combine(folder, "rejected.process.csv")),
            Knob("GROUPS") is null ? options : options with { Groups = DataSink.ToFile(Path.Combine(folder, "groups.parquet")) }, CancellationToken.None);
        Print("process", process, begin);
        if (ShowSteps)
        {
            Console.WriteLine(FormattableString.Invariant(
                $"compiled at run time: {JitInfo.GetCompiledMethodCount()} methods, {JitInfo.GetCompilationTime().TotalMilliseconds:0} ms; collections: {GC.CollectionCount(0)}, of these {GC.CollectionCount(2)} full, {GC.GetTotalPauseDuration().TotalMilliseconds:0} ms"));
        }

        return 0;
    }

    /// <summary>A number from the environment, for experiments.</summary>
    static long? Knob(string name) => Environment.GetEnvironmentVariable(name) is { } text ? long.Parse(text, CultureInfo.InvariantCulture) : null;

    static void Print(string job, PipelineResult result, long begin)
    {
        Console.WriteLine(FormattableString.Invariant(
            $"{job}: {Stopwatch.GetElapsedTime(begin).TotalSeconds:0.00} s, {result.RowsRead} rows in, {result.RowsOut} out, {result.RowsRejected} rejected, {result.BytesWritten} bytes"));
        if (!ShowSteps) return;
        foreach (var step in (IEnumerable<StepResult>)[result.Read, .. result.Steps, result.Write])
            Console.WriteLine(FormattableString.Invariant($"  {step.Busy.TotalMilliseconds,8:0.0} ms  {step.RowsIn,9} -> {step.RowsOut,9}  {step.Name}"));
    }
}
