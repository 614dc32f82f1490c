using BenchmarkDotNet.Configs;
using BenchmarkDotNet.Diagnosers;
using BenchmarkDotNet.Jobs;
using BenchmarkDotNet.Running;
using BenchmarkDotNet.Toolchains.InProcess.Emit;

namespace EtlTracing.Benchmarks;

/// <summary>Runs the benchmarks of the engine's parts in this process, whose settings are those of the measured one, and keeps their table.</summary>
static class Parts
{
    public static int Run(string[] filter)
    {
        var config = DefaultConfig.Instance
            .AddJob(Job.ShortRun.WithToolchain(InProcessEmitToolchain.Instance))
            .AddDiagnoser(MemoryDiagnoser.Default)
            .WithArtifactsPath(Path.Combine(Path.GetTempPath(), "etl-parts"));
        var summary = BenchmarkRunner.Run<Micro>(config, filter);
        var table = Directory.EnumerateFiles(summary.ResultsDirectoryPath, $"*{nameof(Micro)}-report-github.md")
            .SelectMany(File.ReadLines)
            .Where(line => line.StartsWith('|'));
        Results.Add(string.Join('\n', ["## Parts", "", "A million values each; the reader, writer and cleaning take 50,000 rows from memory.", "", .. table]));
        return summary.Reports.Length > 0 && summary.Reports.All(report => report.Success) ? 0 : 1;
    }
}
