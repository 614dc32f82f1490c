using System.Diagnostics;
using EtlTracing.CleanJob;
using EtlTracing.Pipeline;
using EtlTracing.Pipeline.Reading;
using EtlTracing.Pipeline.Steps;
using EtlTracing.Samples;

namespace EtlTracing.Benchmarks;

/// <summary>What the work on a file cannot cost less than on this machine, part by part, and what it costs: the distance is what is left to win.</summary>
static class Limits
{
    const int Repeats = 3;

    static readonly string[] s_columns = [.. SampleWriter.Header.Split(',').Select(Contract.Standardize)];

    public static async Task<int> RunAsync(string input)
    {
        var folder = Directory.CreateTempSubdirectory("etl-limits-").FullName;
        try
        {
            var megabytes = new FileInfo(input).Length / 1e6;
            var output = Path.Combine(folder, "out.parquet");
            var one = Contract.Of(s_columns.Select((column, place) => place == 0 ? Contract.Text(column) : Contract.Unused(column)));
            var all = Contract.Of(s_columns.Select(Contract.Text));
            (string Name, Func<Task> Work)[] parts =
            [
                ("bytes from the system's cache, one thread", () => CopyAsync(input)),
                ("tokenizer: fields found, one column kept", () => RunAsync(Recipe.ForText("Tokenize", one).StandardizeColumnNames().DropColumns(s_columns[1..]).FilterTextLength("Drop All", s_columns[0], int.MaxValue))),
                ("reader: all columns made, no row left", () => RunAsync(Recipe.ForText("Read", all).FilterTextLength("Drop All", s_columns[0], int.MaxValue))),
                ("reader and encoder: all columns written", () => RunAsync(Recipe.ForText("Copy", all))),
                ("clean job", () => RunAsync(CleanRecipe.Create())),
            ];
            List<string> report =
            [
                FormattableString.Invariant($"## Limits, {megabytes:0} MB of CSV"), "",
                $"Best of {Repeats} in one process, {Environment.ProcessorCount} threads where not said otherwise.", "", "| part | s | MB/s |", "|---|---|---|",
            ];
            foreach (var (name, work) in parts)
            {
                var best = double.MaxValue;
                for (var run = 0; run <= Repeats; run++)
                {
                    var begin = Stopwatch.GetTimestamp();
                    await work();
                    if (run > 0) best = Math.Min(best, Stopwatch.GetElapsedTime(begin).TotalSeconds);
                }

                report.Add(FormattableString.Invariant($"| {name} | {best:0.00} | {megabytes / best:0} |"));
            }

            Results.Add(string.Join('\n', report));
            return 0;

            Task RunAsync(Recipe recipe) => recipe.RunAsync(
                DataSource.FromFile(input), DataSink.ToFile(output), DataSink.ToFile(output + ".rejected"),
                new PipelineOptions { Today = new DateOnly(2026, 1, 1), StepwiseBytes = 0, MaxRejects = 1 }, CancellationToken.None);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    static async Task CopyAsync(string input)
    {
        await using var bytes = await DataSource.FromFile(input).OpenAsync(0, CancellationToken.None);
        var buffer = new byte[2 << 20];
        while (await bytes.ReadAsync(buffer) > 0)
        {
        }
    }
}
