using DuckDB.NET.Data;
using EtlTracing.Pipeline;
using EtlTracing.Pipeline.Reading;
using EtlTracing.Pipeline.Steps;
using EtlTracing.Tests.Support;

namespace EtlTracing.Tests.Pipeline;

public sealed class RankTests
{
    const string Listings = """
        SELECT CASE WHEN r % 11 = 0 THEN NULL WHEN r % 13 = 0 THEN '' ELSE 'a quarter of some name ' || (r * r % 17) END AS place,
            CASE WHEN r % 7 = 0 THEN NULL ELSE r * 7919 % 997 - 300 END::BIGINT AS cost,
            r::INTEGER AS reviews
        FROM range(5000) AS numbers(r)
        """;

    /// <summary>Texts come with numbers of their own, without, and with both.</summary>
    [Theory]
    [InlineData("COMPRESSION snappy")]
    [InlineData("COMPRESSION snappy, ROW_GROUP_SIZE 2048")]
    [InlineData("COMPRESSION zstd")]
    [InlineData("COMPRESSION snappy, DICTIONARY_SIZE_LIMIT 1")]
    public async Task RanksAndGroupsAreThoseOfDuckDb(string form)
    {
        using var folder = new TemporaryFolder();
        Run($"COPY ({Listings}) TO '{folder.File("in.parquet")}' (FORMAT parquet, {form})");
        foreach (var options in new[] { Runs.Options, Runs.Streamed with { MemoryBudget = 0 }, Runs.Streamed with { Threads = 3 } })
        {
            await Recipe.ForParquet("Rank", Contract.Of(Contract.Text("place"), Contract.Integer("cost"), Contract.SmallInteger("reviews")))
                .RankDense("Within", "rank_within", by: "cost", within: "place")
                .RankDense("Overall", "rank_overall", by: "cost")
                .SummarizeGroups("Groups", by: ["place"], of: "cost", sum: "reviews", rows: "listings")
                .RunAsync(
                    DataSource.FromFile(folder.File("in.parquet")), DataSink.ToFile(folder.File("out.parquet")), DataSink.ToFile(folder.File("rejects.csv")),
                    options with { Groups = DataSink.ToFile(folder.File("groups.parquet")) }, CancellationToken.None);

            Run($"""
                COPY (SELECT *,
                    CASE WHEN place IS NULL OR cost IS NULL THEN NULL ELSE dense_rank() OVER (PARTITION BY place ORDER BY cost DESC NULLS LAST) END::INTEGER AS rank_within,
                    CASE WHEN cost IS NULL THEN NULL ELSE dense_rank() OVER (ORDER BY cost DESC NULLS LAST) END::INTEGER AS rank_overall
                  FROM ({Listings}) ORDER BY reviews) TO '{folder.File("expected.parquet")}' (FORMAT parquet)
                """);
            Assert.Equal(Runs.ReadParquet(folder.File("expected.parquet")).Rows, Runs.ReadParquet(folder.File("out.parquet")).Rows);
            Run($"""
                COPY (SELECT place, count(*) AS listings, min(cost) AS least, median(cost) AS median, avg(cost) AS mean, max(cost) AS most, sum(reviews)::BIGINT AS reviews
                  FROM ({Listings}) WHERE place IS NOT NULL AND cost IS NOT NULL GROUP BY place ORDER BY place) TO '{folder.File("expected.parquet")}' (FORMAT parquet)
                """);
            Assert.Equal(Runs.ReadParquet(folder.File("expected.parquet")).Rows, Runs.ReadParquet(folder.File("groups.parquet")).Rows);
        }
    }

    static void Run(string sql)
    {
        using var connection = new DuckDBConnection("DataSource=:memory:");
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        command.ExecuteNonQuery();
    }
}
