using System.Globalization;
using System.IO.Compression;
using System.Text;
using DuckDB.NET.Data;
using EtlTracing.Pipeline;
using EtlTracing.Pipeline.Steps;
using EtlTracing.Samples;
using EtlTracing.Tests.Support;
using Parquet;
using static EtlTracing.Pipeline.Reading.Contract;

namespace EtlTracing.Tests.Pipeline;

/// <summary>Rows are written before the medians are known that some of them wait for.</summary>
public sealed class OnePassTests
{
    /// <summary>So little that the keys of duplicates certainly go to disk.</summary>
    const long NoMemory = 1000;

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public async Task OnePassTwoPassesAndSingleStepsMakeTheSameRows(int seed)
    {
        using var folder = new TemporaryFolder();
        var input = folder.File("in.csv");
        await using (var csv = File.Create(input)) SampleWriter.Write(csv, rows: 3000, seed);
        var stepwise = await Runs.CleanAsync(input, folder.File("steps.parquet"));
        var expected = Runs.ReadParquet(folder.File("steps.parquet"));

        var once = await Runs.CleanAsync(input, folder.File("once.parquet"), Runs.Streamed with { Threads = 3 });
        var twice = await Runs.CleanAsync(input, folder.File("twice.parquet"), Runs.Streamed with { MemoryBudget = NoMemory });

        Assert.Equal(new FileInfo(input).Length, once.BytesRead);
        Assert.Equal(2 * once.BytesRead, twice.BytesRead);
        foreach (var (result, file) in new[] { (once, "once.parquet"), (twice, "twice.parquet") })
        {
            Assert.Equal(expected.Columns, Runs.ReadParquet(folder.File(file)).Columns);
            Assert.Equal(expected.Rows, Runs.ReadParquet(folder.File(file)).Rows);
            Assert.Equal(stepwise.Steps.Select(step => (step.Name, step.RowsIn, step.RowsOut)), result.Steps.Select(step => (step.Name, step.RowsIn, step.RowsOut)));
        }
    }

    /// <summary>How many rows an archive holds is not known before: when keys go to disk all the same, the pass is given up and its output with it.</summary>
    [Fact]
    public async Task APassThatTurnsOutNotToSufficeIsGivenUpAndNothingOfItIsSeen()
    {
        using var folder = new TemporaryFolder();
        await using (var packed = new GZipStream(File.Create(folder.File("in.csv.gz")), CompressionLevel.Fastest)) SampleWriter.Write(packed, rows: 9000, seed: 4);
        await using (var csv = File.Create(folder.File("in.csv"))) SampleWriter.Write(csv, rows: 9000, seed: 4);
        await Runs.CleanAsync(folder.File("in.csv"), folder.File("expected.parquet"));
        var begun = 0;
        var sink = DataSink.ToFile(folder.File("out.parquet"));

        var result = await CleanJob.CleanRecipe.Create().RunAsync(
            DataSource.FromFile(folder.File("in.csv.gz")),
            new DataSink("out", cancellationToken =>
            {
                begun++;
                return sink.CreateAsync(cancellationToken);
            }),
            DataSink.ToFile(folder.File("rejects.csv")), Runs.Streamed with { MemoryBudget = 70_000 }, CancellationToken.None);

        Assert.Equal(2, begun);
        var packedBytes = new FileInfo(folder.File("in.csv.gz")).Length;
        Assert.InRange(result.BytesRead, 2 * packedBytes + 1, 3 * packedBytes);
        Assert.Equal(Runs.ReadParquet(folder.File("expected.parquet")).Rows, Runs.ReadParquet(folder.File("out.parquet")).Rows);
        Assert.Equal(9000, result.RowsRead);
        Assert.Empty(Directory.GetFiles(folder.Path, "*.partial"));
    }

    /// <summary>Nothing is the median of nothing, and that of negative numbers has no root: rows that waited for it leave, so all numbers behind them change.</summary>
    [Theory]
    [InlineData("")]
    [InlineData("-4")]
    public async Task RowsThatWaitInVainLeave(string value)
    {
        using var folder = new TemporaryFolder();
        await File.WriteAllTextAsync(folder.File("in.csv"), $"id,x\n1,{value}\n2,\n3,{value}\n");
        var recipe = Recipe.ForText("Vain", Of(Integer("id"), Number("x"))).FixSkewness("x").DropRemainingNulls().FinalDataTypes("id", "x");
        foreach (var options in new[] { Runs.Options, Runs.Streamed })
        {
            var result = await RunAsync(recipe, folder, options);

            Assert.Equal((3, 0), (result.RowsRead, result.RowsOut));
        }
    }

    /// <summary>Chunks say their lowest and highest values, by which readers pass over them.</summary>
    [Fact]
    public async Task AValueThatComesLateIsWithinItsChunksBounds()
    {
        using var folder = new TemporaryFolder();
        var csv = new StringBuilder("id,x,day\n");
        for (var row = 0; row < 600; row++) csv.Append(CultureInfo.InvariantCulture, $"{row},4,1/2/2020\n");
        for (var row = 600; row < 900; row++) csv.Append(CultureInfo.InvariantCulture, $"{row},{(row % 3 == 0 ? "" : row % 3 == 1 ? "100" : "64")},{(row % 2 == 0 ? "" : "2/3/2021")}\n");
        await File.WriteAllTextAsync(folder.File("in.csv"), csv.ToString());
        var recipe = Recipe.ForText("Late", Of(Integer("id"), Number("x"), Date("day"))).FixSkewness("x");
        await RunAsync(recipe, folder, Runs.Streamed with { BatchBytes = 2048 });
        Assert.Equal(700, Count(folder, "WHERE x = 2"));
        Assert.Equal(100, Count(folder, "WHERE x = 8"));
        Assert.Equal(0, Count(folder, "WHERE x IS NULL"));
        Assert.Equal(150, Count(folder, "WHERE day IS NULL"));

        await RunAsync(recipe.DropRemainingNulls().FinalDataTypes("id", "x"), folder, Runs.Streamed with { BatchBytes = 2048 });
        Assert.Equal(600, Count(folder, "WHERE x = 2 AND id <= 600"));
        Assert.Equal(50, Count(folder, "WHERE x = 2 AND id > 600"));
    }

    [Fact]
    public async Task ParquetNetReadsWhatCameLate()
    {
        using var folder = new TemporaryFolder();
        await using (var csv = File.Create(folder.File("in.csv"))) SampleWriter.Write(csv, rows: 1500, seed: 6);
        await Runs.CleanAsync(folder.File("in.csv"), folder.File("out.parquet"), Runs.Streamed);
        var (columns, rows) = Runs.ReadParquet(folder.File("out.parquet"));

        await using var reader = await ParquetReader.CreateAsync(folder.File("out.parquet"));
        var row = 0;
        for (var index = 0; index < reader.RowGroupCount; index++)
        {
            using var group = reader.OpenRowGroupReader(index);
            var reviews = new int[group.RowCount];
            var dates = new DateTime[group.RowCount];
            await group.ReadAsync<int>(reader.Schema.DataFields.Single(field => field.Name == "reviews_per_month"), reviews.AsMemory());
            await group.ReadAsync<DateTime>(reader.Schema.DataFields.Single(field => field.Name == "last_review"), dates.AsMemory());
            for (var at = 0; at < reviews.Length; at++, row++)
            {
                Assert.Equal(rows[row][columns.IndexOf("reviews_per_month")], reviews[at].ToString(CultureInfo.InvariantCulture));
                Assert.StartsWith(dates[at].ToString("yyyy-MM-dd", CultureInfo.InvariantCulture), rows[row][columns.IndexOf("last_review")], StringComparison.Ordinal);
            }
        }

        Assert.Equal(rows.Count, row);
    }

    static Task<PipelineResult> RunAsync(Recipe recipe, TemporaryFolder folder, PipelineOptions options) => recipe.RunAsync(
        DataSource.FromFile(folder.File("in.csv")), DataSink.ToFile(folder.File("out.parquet")), DataSink.ToFile(folder.File("rejects.csv")), options, CancellationToken.None);

    static long Count(TemporaryFolder folder, string condition)
    {
        using var connection = new DuckDBConnection("DataSource=:memory:");
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText = $"SELECT count(*) FROM '{folder.File("out.parquet")}' {condition}";
        return (long)command.ExecuteScalar()!;
    }
}
