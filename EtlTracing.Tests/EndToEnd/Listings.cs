using System.Text;
using EtlTracing.Samples;

namespace EtlTracing.Tests.EndToEnd;

/// <summary>Raw listings for the tests.</summary>
static class Listings
{
    public static string Csv(long rows, int seed = 1)
    {
        using var csv = new MemoryStream();
        SampleWriter.Write(csv, rows, seed);
        return Encoding.UTF8.GetString(csv.ToArray());
    }

    /// <summary>The same without one column, by the names of a header that has no quotes or commas in it.</summary>
    public static string Without(string csv, string column)
    {
        var header = csv[..csv.IndexOf('\n', StringComparison.Ordinal)];
        return csv.Replace(header, string.Join(',', header.Split(',').Select(name => name == column ? "something else" : name)), StringComparison.Ordinal);
    }
}
