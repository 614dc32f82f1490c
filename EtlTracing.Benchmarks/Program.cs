using System.Globalization;
using EtlTracing.Benchmarks;

return args switch
{
    ["cloud", var seconds] => await CloudRun.RunAsync(int.Parse(seconds, CultureInfo.InvariantCulture)),
    ["otlp", var endpoint, var seconds] => await OtlpIngest.RunAsync(new Uri(endpoint), int.Parse(seconds, CultureInfo.InvariantCulture)),
    ["states", var endpoint, var seconds] => await ExecutionRate.RunAsync(new Uri(endpoint), int.Parse(seconds, CultureInfo.InvariantCulture)),
    ["engine", var input, var folder] => await EngineRun.RunAsync(input, folder),
    ["sample", var path, var rows, var seed] => SampleFile.Write(path, long.Parse(rows, CultureInfo.InvariantCulture), int.Parse(seed, CultureInfo.InvariantCulture)),
    ["viewer"] => await ViewerPages.RunAsync(),
    ["pipeline", var rows, var runs] => await PipelineRun.RunAsync(long.Parse(rows, CultureInfo.InvariantCulture), int.Parse(runs, CultureInfo.InvariantCulture)),
    ["limits", var input] => await Limits.RunAsync(input),
    ["micro", .. var filter] => Parts.Run(filter),
    [] => await AllAsync(),
    ["compare", var sizes, var runs, var peers] => await Comparison.RunAsync(
        [.. sizes.Split(',').Select(size => long.Parse(size, CultureInfo.InvariantCulture))], int.Parse(runs, CultureInfo.InvariantCulture), peers),
    _ => Usage(),
};

static async Task<int> AllAsync()
{
    await Comparison.RunAsync([100_000, 1_000_000], runs: 3, Path.Combine("..", "shared", "peers"));
    await PipelineRun.RunAsync(rows: 1_000_000, runs: 3);
    return Parts.Run([]);
}

static int Usage()
{
    Console.Error.WriteLine("""
        (nothing)                    all of it: compare with the peers in ../shared/peers on 100k and 1M rows, pipeline 1000000 3, micro
        compare ROWS,.. RUNS PEERS   the same with other sizes, number of runs and folder of peers
        engine IN OUTDIR             clean and process IN once, in this process
        sample FILE ROWS SEED        write generated rows
        pipeline ROWS RUNS           from the upload's event to the processed object, traced and not, against the engine alone
        limits IN                    what this machine could do at best: memory, tokenizer, encoder
        micro [OPTIONS]              BenchmarkDotNet on the engine's parts
        viewer                       the viewer's largest pages; exit code 1 when one takes longer than 200 ms
        cloud SECONDS                the local cloud: start, memory, PUT and GET, spans a second
        otlp URL SECONDS             send spans by OTLP/gRPC as fast as they are taken
        states URL SECONDS           start executions as fast as they are taken, with workers that answer at once
        """);
    return 2;
}
