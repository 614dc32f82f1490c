using System.Diagnostics;
using EtlTracing.Tests.Viewer;
using EtlTracing.Viewer;

namespace EtlTracing.Benchmarks;

/// <summary>
/// How long the viewer's server takes for its largest pages: 500 runs on one page, a run of 80 spans. Each time is from the
/// request to the answer's last byte, with the calls of AWS that the page makes, which a cloud in this process answers.
/// </summary>
static class ViewerPages
{
    const int Runs = 500, Spans = 80, Warming = 30, Measured = 100;
    const double Budget = 200;

    public static async Task<int> RunAsync()
    {
        var now = DateTimeOffset.UtcNow;
        await using var cloud = await FakeCloud.StartAsync();
        cloud.Put(Enumerable.Range(1, Runs - 1).Select(i => FabricatedRuns.Good($"run{i:000}", $"input/f{i % 20}/listings-{now.AddDays(-i):yyyy-MM-dd}.csv", now.AddMinutes(-i))));
        cloud.Put(Large(now));
        await using var viewer = ViewerApp.Create(
            ["--urls=http://127.0.0.1:0", $"--ETL_STATE_MACHINE_ARN={FabricatedRun.StateMachineArn}", "--Logging:LogLevel:Default=Warning"], cloud.Clients());
        await viewer.StartAsync();
        using var http = new HttpClient { BaseAddress = new Uri(viewer.Urls.First()) };

        // The first pages come before all runs have been described; what is measured is the page with all of them.
        while ((await http.GetStringAsync("/runs?q=unknown&size=500")).Contains("unknown input", StringComparison.Ordinal)) await Task.Delay(100);
        var slow = 0;
        foreach (var (name, path) in new[] { ($"{Runs} runs", $"/runs?size={Runs}"), ($"a run of {Spans} spans", "/runs/large?open=all"), ("a span's panel", "/runs/large/spans/etl-clean-job.read-data") })
        {
            var (median, tail, busy, bytes) = await MeasureAsync(http, path);
            Console.WriteLine(FormattableString.Invariant($"{name}: {median:F0} ms (median of {Measured}), {tail:F0} ms (95 %), {busy:F0} ms of a processor with the cloud's part, {bytes / 1000.0:F0} kB"));
            if (median > Budget) slow++;
        }
        await viewer.StopAsync();
        return slow == 0 ? 0 : 1;
    }

    static async Task<(double Median, double Tail, double Busy, int Bytes)> MeasureAsync(HttpClient http, string path)
    {
        var times = new List<double>();
        var bytes = 0;
        var before = TimeSpan.Zero;
        for (var i = 0; i < Warming + Measured; i++)
        {
            if (i == Warming) before = Environment.CpuUsage.TotalTime;
            var start = Stopwatch.GetTimestamp();
            bytes = (await http.GetByteArrayAsync(path)).Length;
            if (i >= Warming) times.Add(Stopwatch.GetElapsedTime(start).TotalMilliseconds);
        }
        times.Sort();
        return (times[times.Count / 2], times[times.Count * 95 / 100], (Environment.CpuUsage.TotalTime - before).TotalMilliseconds / Measured, bytes);
    }

    /// <summary>A retried run, filled up with steps to what X-Ray guarantees room for.</summary>
    static FabricatedRun Large(DateTimeOffset now)
    {
        var run = FabricatedRuns.Retried("large", "input/f1/listings.csv", now);
        var parent = EtlTracing.Traces.SegmentTree.Parse(run.Documents).All.Last(span => span.Name == "Data Processing").Id;
        for (var i = 0; run.Documents.Count < Spans; i++) run.Step(parent, $"Rank Cost {i}", 5.5, 5.6, 94_323, 94_323);
        return run;
    }
}
