using System.Diagnostics;
using System.Globalization;

namespace EtlTracing.Benchmarks;

/// <summary>Wall time of a whole process and the most memory that it held.</summary>
sealed record Measurement(double Seconds, long PeakMegabytes);

/// <summary>A program that does the same work on the same file.</summary>
sealed record Contender(string Name, string Program, Func<string, string, string[]> Arguments, string Folder)
{
    public static Contender Engine { get; } = new("EtlTracing", Environment.ProcessPath!, (input, output) => ["engine", input, output], ".");

    /// <summary>The engine first, then those of the peers in the folder that start here.</summary>
    public static async Task<IReadOnlyList<Contender>> FindAsync(string peersFolder)
    {
        var contenders = new List<Contender> { Engine };
        var folder = Path.GetFullPath(peersFolder);
        Contender[] peers =
        [
            new("pandas, no output", File.Exists("/usr/bin/python3") ? "/usr/bin/python3" : "python3", (input, _) => [Path.Combine(folder, "pandas_peer.py"), input], folder),
            new("Polars", "node", (input, output) => [Path.Combine(folder, "polars.mjs"), input, output], folder),
            new("DuckDB", "node", (input, output) => [Path.Combine(folder, "duckdb.mjs"), input, output, "2", "8GB"], folder),
        ];
        if (!Directory.Exists(folder))
        {
            Console.WriteLine($"no peers in {folder}: the engine runs alone");
            return contenders;
        }

        foreach (var peer in peers)
        {
            var empty = Path.Combine(Path.GetTempPath(), $"etl-probe-{Environment.ProcessId}.csv");
            SampleFile.Write(empty, 1000, seed: 1);
            try
            {
                await peer.RunAsync(empty, Path.ChangeExtension(empty, ".out"));
                contenders.Add(peer);
            }
            catch (Exception missing) when (missing is InvalidOperationException or System.ComponentModel.Win32Exception)
            {
                Console.WriteLine($"{peer.Name} is not installed: {missing.Message}");
            }
            finally
            {
                File.Delete(empty);
            }
        }

        return contenders;
    }

    public async Task<Measurement> RunAsync(string input, string output)
    {
        var start = new ProcessStartInfo(Program) { RedirectStandardOutput = true, RedirectStandardError = true, WorkingDirectory = Folder };
        foreach (var argument in Arguments(input, output)) start.ArgumentList.Add(argument);
        var begin = Stopwatch.GetTimestamp();
        using var process = Process.Start(start)!;
        var said = process.StandardOutput.ReadToEndAsync();
        var complained = process.StandardError.ReadToEndAsync();
        var peak = 0L;
        var ended = process.WaitForExitAsync();
        while (!ended.IsCompleted)
        {
            peak = Math.Max(peak, PeakKilobytes(process.Id));
            await Task.WhenAny(ended, Task.Delay(10));
        }

        var seconds = Stopwatch.GetElapsedTime(begin).TotalSeconds;
        await said;
        if (process.ExitCode != 0) throw new InvalidOperationException((await complained).Trim().Split('\n')[^1]);
        return new Measurement(seconds, peak / 1024);
    }

    /// <summary>The kernel's own high-water mark, which is gone with the process: hence asked for often.</summary>
    static long PeakKilobytes(int process)
    {
        try
        {
            // VmHWM:\t  226344 kB, and from 10 GB on without the spaces
            var line = File.ReadLines($"/proc/{process}/status").FirstOrDefault(line => line.StartsWith("VmHWM:", StringComparison.Ordinal));
            return line is null ? 0 : long.Parse(line.Split(default(char[]), StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture);
        }
        catch (IOException)
        {
            return 0;
        }
    }
}
