using System.Text;
using EtlTracing.Samples;
using EtlTracing.Tests.Pipeline;

namespace EtlTracing.Tests.Samples;

public sealed class SampleWriterTests
{
    [Fact]
    public void TheSameSeedGivesTheSameBytes()
    {
        Assert.Equal(Write(500, seed: 4), Write(500, seed: 4));
        Assert.NotEqual(Write(500, seed: 4), Write(500, seed: 5));
    }

    [Fact]
    public void AllTheDirtOfTheRealFileIsThere()
    {
        var records = NaiveCsv.Read(Write(20_000, seed: 1));
        int At(string column) => Array.IndexOf(records[0], column);
        string[] Values(string column) => [.. records.Skip(1).Select(record => record[At(column)])];

        Assert.Equal(20_001, records.Count);
        Assert.All(records, record => Assert.Equal(26, record.Length));
        foreach (var column in new[] { "NAME", "host_identity_verified", "host name", "neighbourhood group", "neighbourhood", "lat", "long", "country", "instant_bookable", "cancellation_policy", "Construction year", "price", "service fee", "minimum nights", "number of reviews", "last review", "reviews per month", "review rate number", "calculated host listings count", "house_rules" })
            Assert.Contains("", Values(column));
        Assert.Contains("brookln", Values("neighbourhood group"));
        Assert.Contains("manhatan", Values("neighbourhood group"));
        Assert.Contains("$1,018 ", Values("price"));
        Assert.Contains("NA", Values("NAME"));
        Assert.Contains("Loft", Values("room type"));
        Assert.Contains(Values("minimum nights"), nights => nights.StartsWith('-'));
        Assert.Contains(Values("minimum nights"), nights => nights.Length > 0 && int.Parse(nights, null) >= 365);
        Assert.Contains(Values("last review"), date => date.EndsWith("2058", StringComparison.Ordinal));
        Assert.Contains(Values("house_rules"), rules => rules.Contains('\n', StringComparison.Ordinal) && rules.Contains(',', StringComparison.Ordinal));
        Assert.Contains(Values("house_rules"), rules => rules.Contains('"', StringComparison.Ordinal));
        Assert.Contains(records.Skip(1).GroupBy(record => (record[At("host name")], record[At("lat")], record[At("long")], record[At("price")])), group => group.Count() > 1);
    }

    static string Write(long rows, int seed)
    {
        var csv = new MemoryStream();
        SampleWriter.Write(csv, rows, seed);
        return Encoding.UTF8.GetString(csv.ToArray());
    }
}
