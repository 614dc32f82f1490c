using System.Globalization;
using EtlTracing.Local;
using EtlTracing.Traces;

namespace EtlTracing.Benchmarks;

/// <summary>
/// The way from the upload's event to the processed object, through all processes with S3 over loopback, traced and not, against the engine alone on the
/// same rows.
/// </summary>
static class PipelineRun
{
    const int Seed = 1;
    const string Alone = "engine alone", Traced = "pipeline, traced", Untraced = "pipeline, not traced";

    static readonly TimeSpan s_interval = TimeSpan.FromMilliseconds(20);

    public static async Task<int> RunAsync(long rows, int runs)
    {
        var folder = Directory.CreateTempSubdirectory("etl-pipeline-").FullName;
        try
        {
            Results.Add(await ReportAsync(rows, runs, folder));
            return 0;
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    static async Task<string> ReportAsync(long rows, int runs, string folder)
    {
        var input = Path.Combine(folder, "listings.csv");
        SampleFile.Write(input, rows, Seed);
        await using var traced = await StartAsync(Path.Combine(folder, "traced"), sampler: "parentbased_always_on");
        await using var untraced = await StartAsync(Path.Combine(folder, "untraced"), sampler: "parentbased_always_off");
        var seconds = new Dictionary<string, List<double>> { [Alone] = [], [Traced] = [], [Untraced] = [] };
        var parts = new Dictionary<string, List<double>>();

        // The first run of each is not counted: what the jobs' code costs to compile is paid once in their lives.
        for (var run = 0; run <= runs; run++)
        {
            var (throughTraced, where) = await UploadAsync(traced, input);
            var (throughUntraced, _) = await UploadAsync(untraced, input);
            var alone = (await Contender.Engine.RunAsync(input, Path.Combine(folder, "out"))).Seconds;
            Console.WriteLine(FormattableString.Invariant($"{rows} rows: {Alone} {alone:0.00} s, {Traced} {throughTraced:0.00} s, {Untraced} {throughUntraced:0.00} s"));
            if (run == 0) continue;
            seconds[Alone].Add(alone);
            seconds[Traced].Add(throughTraced);
            seconds[Untraced].Add(throughUntraced);
            foreach (var (part, spent) in where) (parts.TryGetValue(part, out var all) ? all : parts[part] = []).Add(spent);
        }

        var engine = Results.Median(seconds[Alone]);
        var whole = Results.Median(seconds[Traced]);
        string[] lines =
        [
            $"## Through the whole pipeline, {rows.ToString(CultureInfo.InvariantCulture)} rows",
            "",
            $"From the event to the processed object: local cloud, trigger and both jobs as processes, S3 over loopback, heartbeats; median of {runs} interleaved runs.",
            "",
            "| | s |",
            "|---|---|",
            .. seconds.Select(way => FormattableString.Invariant($"| {way.Key} | {Results.Median(way.Value):0.00} |")),
            "",
            FormattableString.Invariant($"Over the engine alone: {whole - engine:0.00} s ({(whole / engine - 1) * 100:0} %). Tracing: {(whole / Results.Median(seconds[Untraced]) - 1) * 100:0.0} %. Where the traced run's time goes:"),
            "",
            "| part | s |",
            "|---|---|",
            .. parts.Select(part => FormattableString.Invariant($"| {part.Key} | {Results.Median(part.Value):0.00} |")),
        ];
        return string.Join('\n', lines);
    }

    static Task<LocalSystem> StartAsync(string data, string sampler) => LocalSystem.StartAsync(
        new LocalSystemOptions
        {
            DataFolder = data,
            Port = 0,
            OtlpGrpcPort = 0,
            OtlpHttpPort = 0,
            TriggerPort = 0,
            WithViewer = false,
            Environment = new Dictionary<string, string?> { ["OTEL_TRACES_SAMPLER"] = sampler },
        },
        Console.WriteLine,
        CancellationToken.None);

    /// <summary>Seconds from the event to the end, and how they divide over the workflow's history.</summary>
    static async Task<(double Seconds, IReadOnlyList<(string Part, double Seconds)> Where)> UploadAsync(LocalSystem system, string file)
    {
        var known = (await NewestAsync(system))?.Arn;
        await Upload.PutAsync(system.S3, file, TimeProvider.System, CancellationToken.None);
        var sent = TimeProvider.System.GetUtcNow();
        Run? run;
        while ((run = await NewestAsync(system)) is null || run.Arn == known || !run.IsOver) await Task.Delay(s_interval);
        if (run.Status != RunStatus.Succeeded) throw new InvalidOperationException($"{run.Id} ended as {run.Status}");
        var detail = await system.Runs.ReadAsync(run, CancellationToken.None);
        var where = new List<(string, double)>();
        var at = sent;
        foreach (var attempt in detail.Attempts)
        {
            where.Add(($"until {attempt.State} is taken", ((attempt.Started ?? attempt.Scheduled) - at).TotalSeconds));
            at = attempt.Ended ?? at;
            where.Add((attempt.State, (at - (attempt.Started ?? attempt.Scheduled)).TotalSeconds));
        }

        where.Add(("until the workflow has ended", (run.Stopped!.Value - at).TotalSeconds));
        return ((run.Stopped.Value - sent).TotalSeconds, where);
    }

    static async Task<Run?> NewestAsync(LocalSystem system) => await system.Runs.ListAsync(1, CancellationToken.None) is [var newest, ..] ? newest : null;
}
