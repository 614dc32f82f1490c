using System.Diagnostics;
using System.Globalization;
using System.Text.Json;

namespace EtlTracing.Benchmarks;

/// <summary>The local cloud as a process of its own: how soon it is ready, what it holds when idle, and what S3 and OTLP take and give.</summary>
static class CloudRun
{
    const int Starts = 7;
    const int Clients = 4;
    const int Large = 64 << 20;
    const int Small = 4 << 10;

    public static async Task<int> RunAsync(int seconds)
    {
        var ready = new List<double>();
        for (var i = 0; i < Starts; i++)
        {
            using var started = await StartedAsync();
            ready.Add(started.ReadySeconds);
        }
        Report($"start to ready: {ready.Order().ElementAt(Starts / 2):F2} s (median of {Starts}; best {ready.Min():F2}, worst {ready.Max():F2})");

        using var cloud = await StartedAsync();
        await Task.Delay(TimeSpan.FromSeconds(3));
        Report($"idle: {cloud.Megabytes} MB resident");
        using var http = new HttpClient { BaseAddress = cloud.Endpoint };
        (await http.PutAsync("/bench", null)).EnsureSuccessStatusCode();
        foreach (var (size, name) in ((int, string)[])[(Large, "64 MiB"), (Small, "4 KiB")])
        {
            var body = new byte[size];
            new Random(1).NextBytes(body);
            await RateAsync($"PUT of {name}", size, seconds, key => http.PutAsync("/bench/" + key, new ByteArrayContent(body)));
            await RateAsync($"GET of {name}", size, seconds, key => http.GetAsync("/bench/" + key, HttpCompletionOption.ResponseHeadersRead));
        }
        Report($"after S3: {cloud.Megabytes} MB resident");
        await OtlpIngest.RunAsync(cloud.OtlpGrpc, seconds);
        Report($"after OTLP: {cloud.Megabytes} MB resident, {cloud.PeakMegabytes} MB at most");
        return 0;
    }

    /// <summary>Requests of some clients at once, each on its own few keys.</summary>
    static async Task RateAsync(string what, int size, int seconds, Func<string, Task<HttpResponseMessage>> request)
    {
        var count = 0;
        var clock = Stopwatch.StartNew();
        await Task.WhenAll(Enumerable.Range(0, Clients).Select(client => Task.Run(async () =>
        {
            for (var i = 0; clock.Elapsed.TotalSeconds < seconds || i < 4; i++)
            {
                using var answer = await request(string.Create(CultureInfo.InvariantCulture, $"{size}-{client}-{i % 4}"));
                answer.EnsureSuccessStatusCode();
                await using var bytes = await answer.Content.ReadAsStreamAsync();
                await bytes.CopyToAsync(Stream.Null);
                Interlocked.Increment(ref count);
            }
        })));
        var rate = count / clock.Elapsed.TotalSeconds;
        Report($"{what}: {rate:F0} a second, {rate * size / (1 << 20):F0} MiB/s, {Clients} clients");
    }

    static void Report(FormattableString line) => Console.WriteLine(FormattableString.Invariant(line));

    static async Task<RunningCloud> StartedAsync()
    {
        var folder = Directory.CreateTempSubdirectory("etl-bench-").FullName;
        var start = new ProcessStartInfo("dotnet", [Path.Combine(AppContext.BaseDirectory, "EtlTracing.LocalAws.dll"), "--data", folder, "--port", "0", "--otlp-grpc-port", "0", "--otlp-http-port", "0"]) { RedirectStandardOutput = true };
        var begin = Stopwatch.GetTimestamp();
        var process = Process.Start(start)!;
        var line = await process.StandardOutput.ReadLineAsync();
        return new RunningCloud(process, folder, Stopwatch.GetElapsedTime(begin).TotalSeconds, JsonDocument.Parse(line!["ready ".Length..]).RootElement);
    }

    sealed class RunningCloud(Process process, string folder, double readySeconds, JsonElement addresses) : IDisposable
    {
        public double ReadySeconds => readySeconds;
        public Uri Endpoint => new(addresses.GetProperty("endpoint").GetString()!);
        public Uri OtlpGrpc => new(addresses.GetProperty("otlpGrpc").GetString()!);

        public long Megabytes
        {
            get
            {
                process.Refresh();
                return process.WorkingSet64 >> 20;
            }
        }

        public long PeakMegabytes
        {
            get
            {
                process.Refresh();
                return process.PeakWorkingSet64 >> 20;
            }
        }

        public void Dispose()
        {
            process.Kill();
            process.WaitForExit();
            process.Dispose();
            Directory.Delete(folder, recursive: true);
        }
    }
}
