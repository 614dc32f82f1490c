using System.Globalization;

namespace EtlTracing.Benchmarks;

/// <summary>Runs the engine and whichever peers are installed in turn on generated files, and tells ratios: times alone mean little on a shared machine.</summary>
static class Comparison
{
    const int Seed = 1;

    public static async Task<int> RunAsync(long[] sizes, int runs, string peersFolder)
    {
        var folder = Directory.CreateTempSubdirectory("etl-benchmark-").FullName;
        try
        {
            var contenders = await Contender.FindAsync(peersFolder);
            List<string> report =
            [
                $"## Against other tools, {string.Join(" and ", sizes)} rows",
                "",
                $"Clean plus process of generated CSV, whole process, median of {runs.ToString(CultureInfo.InvariantCulture)} interleaved runs; in brackets ours to theirs, time and peak memory.",
                "",
                $"| rows | {string.Join(" | ", contenders.Select(contender => contender.Name))} |",
                $"|---|{string.Concat(contenders.Select(_ => "---|"))}",
            ];
            foreach (var rows in sizes) report.Add(await RowAsync(rows, runs, contenders, folder));
            Results.Add(string.Join('\n', report));
            return 0;
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    static async Task<string> RowAsync(long rows, int runs, IReadOnlyList<Contender> contenders, string folder)
    {
        var input = Path.Combine(folder, $"{rows}.csv");
        SampleFile.Write(input, rows, Seed);
        var measured = contenders.ToDictionary(contender => contender, _ => new List<Measurement>());
        for (var run = 0; run < runs; run++)
        {
            foreach (var contender in contenders)
            {
                // Each writes to an empty folder: to replace files costs some file systems what writing new ones does not.
                var output = Directory.CreateDirectory(Path.Combine(folder, "out"));
                var measurement = await contender.RunAsync(input, output.FullName);
                output.Delete(recursive: true);
                Console.WriteLine(FormattableString.Invariant($"{rows} rows, {contender.Name}: {measurement.Seconds:0.00} s, {measurement.PeakMegabytes} MB"));
                measured[contender].Add(measurement);
            }
        }

        File.Delete(input);
        var ours = Median(measured[contenders[0]]);
        var cells = contenders.Select(contender =>
        {
            var theirs = Median(measured[contender]);
            var ratio = contender == contenders[0] ? "" : FormattableString.Invariant($" ({ours.Seconds / theirs.Seconds:0.00}, {(double)ours.PeakMegabytes / theirs.PeakMegabytes:0.00})");
            return FormattableString.Invariant($"{theirs.Seconds:0.00} s, {theirs.PeakMegabytes} MB{ratio}");
        });
        return $"| {rows} | {string.Join(" | ", cells)} |";
    }

    static Measurement Median(List<Measurement> runs) =>
        new(runs.Select(run => run.Seconds).Order().ElementAt(runs.Count / 2), runs.Select(run => run.PeakMegabytes).Order().ElementAt(runs.Count / 2));
}
