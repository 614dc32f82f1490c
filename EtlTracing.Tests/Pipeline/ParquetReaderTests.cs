using DuckDB.NET.Data;
using EtlTracing.Pipeline;
using EtlTracing.Pipeline.Batches;
using EtlTracing.Pipeline.Reading;
using EtlTracing.Pipeline.Steps;
using EtlTracing.Samples;
using EtlTracing.Tests.Support;

namespace EtlTracing.Tests.Pipeline;

public sealed class ParquetReaderTests
{
    /// <summary>Nothing is carried over as it is: every column is decoded and encoded again.</summary>
    static Recipe Copy() => Recipe.ForParquet(
            "Copy", Contract.Of(Contract.Text("t"), Contract.Text("few"), Contract.Number("d"), Contract.Integer("i"), Contract.SmallInteger("s"), Contract.Date("day")))
        .Then(new KeepAll());

    [Theory]
    [InlineData("COMPRESSION snappy")]
    [InlineData("COMPRESSION uncompressed")]
    [InlineData("COMPRESSION zstd")]
    [InlineData("COMPRESSION snappy, ROW_GROUP_SIZE 2048")]
    [InlineData("COMPRESSION snappy, DICTIONARY_SIZE_LIMIT 1")]
    public async Task FilesOfAnotherWriterAreReadAsThatOneReadsThem(string form)
    {
        using var folder = new TemporaryFolder();
        Write(folder.File("in.parquet"), form);

        foreach (var options in new[] { Runs.Options, Runs.Streamed })
        {
            await CopyAsync(folder, options);

            Assert.Equal(Runs.ReadParquet(folder.File("in.parquet")).Rows, Runs.ReadParquet(folder.File("out.parquet")).Rows);
        }
    }

    [Fact]
    public async Task AFormThatIsNotReadIsRefusedWithTheColumnAndTheForm()
    {
        using var folder = new TemporaryFolder();
        Write(folder.File("in.parquet"), "COMPRESSION snappy, PARQUET_VERSION v2");

        var refused = await Assert.ThrowsAsync<InvalidInputException>(() => CopyAsync(folder, Runs.Options));

        Assert.Matches("columns .*day of a row group cannot be read: .*DELTA_BINARY_PACKED", refused.Message);
    }

    static Task<PipelineResult> CopyAsync(TemporaryFolder folder, PipelineOptions options) => Copy().RunAsync(
        DataSource.FromFile(folder.File("in.parquet")), DataSink.ToFile(folder.File("out.parquet")), DataSink.ToFile(folder.File("rejects.csv")), options, CancellationToken.None);

    static void Write(string file, string form)
    {
        using var connection = new DuckDBConnection("DataSource=:memory:");
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText = $"""
            COPY (SELECT
                CASE WHEN r % 7 = 0 THEN NULL ELSE repeat('é' || r, (r % 40)::INT) END AS t,
                CASE WHEN r % 11 = 0 THEN NULL ELSE 'word ' || (r % 5) END AS few,
                CASE WHEN r % 3 = 0 THEN NULL ELSE r / 8.0 END::DOUBLE AS d,
                CASE WHEN r % 5 = 0 THEN NULL ELSE r * 1000000007 END::BIGINT AS i,
                (r % 100)::INTEGER AS s,
                CASE WHEN r % 13 = 0 THEN NULL ELSE TIMESTAMP '2020-01-01' + INTERVAL (r) MINUTE END AS day
              FROM range(5000) AS numbers(r)) TO '{file}' (FORMAT parquet, {form})
            """;
        command.ExecuteNonQuery();
    }

    [Fact]
    public async Task ABrokenPageIsRefusedAndNeverReadAsSomethingElseThanAFailure()
    {
        using var folder = new TemporaryFolder();
        await using (var csv = File.Create(folder.File("in.csv"))) SampleWriter.Write(csv, rows: 300, seed: 4);
        await Runs.CleanAsync(folder.File("in.csv"), folder.File("clean.parquet"));
        var sound = await File.ReadAllBytesAsync(folder.File("clean.parquet"));
        var footer = BitConverter.ToInt32(sound, sound.Length - 8);
        var random = new Random(1);
        var refused = 0;
        for (var round = 0; round < 200; round++)
        {
            var broken = (byte[])sound.Clone();
            for (var change = 0; change < 3; change++) broken[random.Next(4, sound.Length - (round % 4 == 0 ? 8 : 8 + footer))] = (byte)random.Next(256);
            await File.WriteAllBytesAsync(folder.File("broken.parquet"), broken);
            try
            {
                await Runs.ProcessAsync(folder.File("broken.parquet"), folder.File("processed.parquet"));
            }
            catch (DataException)
            {
                refused++;
            }
        }

        Assert.InRange(refused, 10, 200);
    }

    sealed class KeepAll() : RowStep("Keep All")
    {
        public override bool DropsRows => true;

        public override void Apply(Batch batch)
        {
        }
    }
}
