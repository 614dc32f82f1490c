using EtlTracing.Samples;

namespace EtlTracing.Benchmarks;

/// <summary>Generated input, made once and kept.</summary>
static class SampleFile
{
    public static int Write(string path, long rows, int seed)
    {
        using var file = File.Create(path + ".partial", 1 << 20);
        SampleWriter.Write(file, rows, seed);
        file.Close();
        File.Move(path + ".partial", path, overwrite: true);
        return 0;
    }
}
