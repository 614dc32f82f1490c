using System.Globalization;
using EtlTracing.Benchmarks;

return args switch
{
    ["otlp", var endpoint, var seconds] => await OtlpIngest.RunAsync(new Uri(endpoint), int.Parse(seconds, CultureInfo.InvariantCulture)),
    ["engine", var input, var folder] => await EngineRun.RunAsync(input, folder),
    ["sample", var path, var rows, var seed] => SampleFile.Write(path, long.Parse(rows, CultureInfo.InvariantCulture), int.Parse(seed, CultureInfo.InvariantCulture)),
    _ => Usage(),
};

static int Usage()
{
    Console.Error.WriteLine("""
        engine IN OUTDIR         clean and process IN once, in this process
        otlp URL SECONDS         send spans by OTLP/gRPC as fast as they are taken
        sample FILE ROWS SEED    write generated rows
        """);
    return 2;
}
