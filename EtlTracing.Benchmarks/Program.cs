using System.Globalization;
using EtlTracing.Benchmarks;

return args switch
{
    ["engine", var input, var folder] => await EngineRun.RunAsync(input, folder),
    ["sample", var path, var rows, var seed] => SampleFile.Write(path, long.Parse(rows, CultureInfo.InvariantCulture), int.Parse(seed, CultureInfo.InvariantCulture)),
    _ => Usage(),
};

static int Usage()
{
    Console.Error.WriteLine("""
        engine IN OUTDIR         clean and process IN once, in this process
        sample FILE ROWS SEED    write generated rows
        """);
    return 2;
}
