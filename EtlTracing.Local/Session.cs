using System.Globalization;
using System.IO.Compression;
using EtlTracing.Samples;
using EtlTracing.Traces;
using Spectre.Console;

namespace EtlTracing.Local;

/// <summary>One start of the system: from the command line to the exit code.</summary>
public sealed class Session(CommandLine line, IAnsiConsole console, TimeProvider time)
{
    const int BundledRows = 20_000;

    /// <returns>0, or 1 when a run failed or the system could not start.</returns>
    public async Task<int> RunAsync(CancellationToken stop)
    {
        if (Ports.FirstBusy(line.System) is { } busy)
        {
            console.WriteLine(busy);
            return 1;
        }
        Directory.CreateDirectory(line.System.DataFolder);
        var files = Task.Run(FilesToUpload, stop);
        try
        {
            await using var system = await LocalSystem.StartAsync(line.System, console.WriteLine, stop);
            PrintAddresses(system);
            if (line.Faults is { } faults) await Faults.SetAsync(system.Endpoint, Faults.Parse(faults), stop);
            var runs = await WorkAsync(system, await files, stop);
            if (line.Exit) return runs.All(run => run.Succeeded) ? 0 : 1;
            if (await system.ViewerUrlAsync(stop) is { } viewer) console.WriteLine($"The runs as pages: {viewer.GetLeftPart(UriPartial.Authority)}");
            console.WriteLine("Press Ctrl+C to stop.");
            await Task.Delay(Timeout.Infinite, stop);
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            console.WriteLine("Stopped.");
        }
        return 0;
    }

    async Task<FollowedRun[]> WorkAsync(LocalSystem system, IReadOnlyList<string> files, CancellationToken stop)
    {
        var display = new ProgressDisplay(console, time);
        var follower = new RunFollower(system.Runs, time);
        var runs = await display.WhileAsync(Task.WhenAll(files.Select(async file =>
            await follower.FollowAsync(await Upload.PutAsync(system.S3, file, time, stop), display.Show, stop))));
        foreach (var run in runs) PrintOutcome(run.Detail!);
        return runs;
    }

    IReadOnlyList<string> FilesToUpload()
    {
        if (line.Files.Count > 0) return line.Files;
        var rows = line.Rows ?? BundledRows;
        var file = Path.Combine(line.System.DataFolder, "samples", $"listings-{rows.ToString(CultureInfo.InvariantCulture)}.csv.gz");
        if (File.Exists(file)) return [file];
        Directory.CreateDirectory(Path.GetDirectoryName(file)!);
        // Written beside and renamed, so that a killed start leaves no half of a sample.
        var unfinished = file + ".unfinished";
        using (var gzip = new GZipStream(File.Create(unfinished), CompressionLevel.Fastest)) SampleWriter.Write(gzip, rows, seed: 1);
        File.Move(unfinished, file);
        return [file];
    }

    void PrintAddresses(LocalSystem system)
    {
        var grid = new Grid().AddColumns(2);
        grid.AddRow("S3, Step Functions, X-Ray", system.Endpoint.GetLeftPart(UriPartial.Authority));
        grid.AddRow("OTLP", $"{system.OtlpGrpc.GetLeftPart(UriPartial.Authority)} (gRPC), {system.OtlpHttp.GetLeftPart(UriPartial.Authority)} (HTTP)");
        grid.AddRow("state and logs", line.System.DataFolder);
        console.Write(grid);
    }

    void PrintOutcome(RunDetail detail)
    {
        TraceView.Write(console, detail, Usual.Unknown, time.GetUtcNow());
        if (detail.Run is { Error: { } error }) console.WriteLine($"{error}: {detail.Run.Cause}");
        foreach (var output in detail.Outputs)
            foreach (var key in new[] { output.OutputKey, output.GroupsKey, output.RejectedKey }.OfType<string>())
                console.WriteLine($"s3://{EtlNames.Bucket}/{key}");
    }
}
