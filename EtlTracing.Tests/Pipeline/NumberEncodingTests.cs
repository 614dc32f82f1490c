using DuckDB.NET.Data;
using EtlTracing.Pipeline;
using EtlTracing.Pipeline.Batches;
using EtlTracing.Pipeline.Reading;
using EtlTracing.Pipeline.Steps;
using EtlTracing.Tests.Support;
using Parquet;
using Parquet.Meta;

namespace EtlTracing.Tests.Pipeline;

/// <summary>Numbers and dates keep their values in whichever form they are stored: plain or in a dictionary, compressed or not.</summary>
public sealed class NumberEncodingTests
{
    [Theory]
    [InlineData("42", true)]
    [InlineData("CASE WHEN r % 3 = 0 THEN NULL ELSE 42 END", true)]
    [InlineData("CASE WHEN r >= 0 THEN NULL ELSE 1 END", false)]
    [InlineData("r % 1000 - 500", true)]
    [InlineData("CASE WHEN r % 7 = 0 THEN NULL ELSE (r * 7919) % 300 + 2147483000 END", true)]
    [InlineData("r", false)]
    [InlineData("CASE WHEN r % 2 = 0 THEN -2147483648 ELSE 2147483647 END", false)]
    [InlineData("CASE WHEN r = 0 THEN 1000000 ELSE r % 5 END", false)]
    public async Task IntegersOfNarrowRangesAreStoredInADictionary(string expression, bool dictionary)
    {
        using var folder = new TemporaryFolder();
        await CopyAsync(folder, $"({expression})::INTEGER", $"({expression})::BIGINT", "0.5::DOUBLE", "TIMESTAMP '2020-01-01'");

        await using var reader = await ParquetReader.CreateAsync(folder.File("out.parquet"));
        Assert.Equal(dictionary, Chunk(reader, "s").Encodings.Contains(Encoding.RLE_DICTIONARY));
        Assert.Equal(dictionary, Chunk(reader, "i").Encodings.Contains(Encoding.RLE_DICTIONARY));
    }

    [Theory]
    [InlineData("CASE WHEN r % 2 = 0 THEN -9223372036854775808 ELSE 9223372036854775807 END")]
    [InlineData("CASE WHEN r % 2 = 0 THEN 9223372036854775800 ELSE 9223372036854775807 END")]
    [InlineData("r * 1000000007")]
    public async Task LargeIntegersKeepTheirValues(string expression)
    {
        using var folder = new TemporaryFolder();
        await CopyAsync(folder, "1::INTEGER", $"({expression})::BIGINT", "0.5::DOUBLE", "TIMESTAMP '2020-01-01'");
    }

    /// <summary>128 values make a block.</summary>
    [Theory]
    [InlineData("r + 1", 6000)]
    [InlineData("1000 - 3 * r", 128)]
    [InlineData("r * 1000000007", 129)]
    [InlineData("(r - 128) * 72057594037927936", 255)]
    [InlineData("r", 257)]
    public async Task IntegersAtEqualDistancesAreStoredAsDistances(string expression, int rows)
    {
        using var folder = new TemporaryFolder();
        await CopyAsync(folder, "1::INTEGER", $"({expression})::BIGINT", "0.5::DOUBLE", "TIMESTAMP '2020-01-01'", rows);

        await using var reader = await ParquetReader.CreateAsync(folder.File("out.parquet"));
        Assert.Contains(Encoding.DELTA_BINARY_PACKED, Chunk(reader, "i").Encodings);
        Assert.InRange(Chunk(reader, "i").TotalCompressedSize, 1, 400);
    }

    /// <summary>Places of up to 15 bits are packed another way than those of more; the last eight are not all there.</summary>
    [Theory]
    [InlineData(3)]
    [InlineData(300)]
    [InlineData(32_768)]
    [InlineData(32_769)]
    [InlineData(40_000)]
    public async Task PlacesOfAnyWidthArePacked(int distinct)
    {
        using var folder = new TemporaryFolder();
        await CopyAsync(folder, "1::INTEGER", $"(r * 7919 % {distinct})::BIGINT", "0.5::DOUBLE", "TIMESTAMP '2020-01-01'", rows: 100_003);

        await using var reader = await ParquetReader.CreateAsync(folder.File("out.parquet"));
        Assert.Contains(Encoding.RLE_DICTIONARY, Chunk(reader, "i").Encodings);
    }

    [Theory]
    [InlineData("CASE WHEN r % 4 = 0 THEN NULL WHEN r % 4 = 1 THEN 'NaN' WHEN r % 4 = 2 THEN '-0.0' ELSE '0.0' END", CompressionCodec.SNAPPY)]
    [InlineData("CASE WHEN r % 2 = 0 THEN 'Infinity' ELSE '-Infinity' END", CompressionCodec.SNAPPY)]
    [InlineData("sin(r)", CompressionCodec.UNCOMPRESSED)]
    public async Task NumbersThatDoNotCompressAreStoredAsTheyAre(string expression, CompressionCodec codec)
    {
        using var folder = new TemporaryFolder();
        await CopyAsync(folder, "1::INTEGER", "1::BIGINT", $"({expression})::DOUBLE", "TIMESTAMP '2020-01-01'");

        await using var reader = await ParquetReader.CreateAsync(folder.File("out.parquet"));
        Assert.Equal(codec, Chunk(reader, "d").Codec);
    }

    [Theory]
    [InlineData("DATE '1969-12-01' + ((r * 7919) % 400)::INTEGER", true)]
    [InlineData("CASE WHEN r % 5 = 0 THEN NULL ELSE TIMESTAMP '2020-01-01 06:30:00' + INTERVAL (r % 90) DAY END", true)]
    [InlineData("TIMESTAMP '2020-01-01' + INTERVAL (r) MINUTE", false)]
    [InlineData("TIMESTAMP '0001-01-01' + INTERVAL (r % 2 * 9998) YEAR", false)]
    public async Task DatesAreStoredInADictionaryOfDays(string expression, bool dictionary)
    {
        using var folder = new TemporaryFolder();
        await CopyAsync(folder, "1::INTEGER", "1::BIGINT", "0.5::DOUBLE", $"({expression})::TIMESTAMP");

        await using var reader = await ParquetReader.CreateAsync(folder.File("out.parquet"));
        Assert.Equal(dictionary, Chunk(reader, "day").Encodings.Contains(Encoding.RLE_DICTIONARY));
    }

    /// <summary>Has the engine decode and encode a file, and what it made decode and encode once more; in the end the values are the same.</summary>
    static async Task CopyAsync(TemporaryFolder folder, string small, string integer, string number, string day, int rows = 6000)
    {
        using (var connection = new DuckDBConnection("DataSource=:memory:"))
        {
            connection.Open();
            using var command = connection.CreateCommand();
            command.CommandText = $"COPY (SELECT {small} AS s, {integer} AS i, {number} AS d, {day} AS day FROM range({rows}) AS numbers(r)) TO '{folder.File("in.parquet")}' (FORMAT parquet)";
            command.ExecuteNonQuery();
        }

        var copy = Recipe.ForParquet("Copy", Contract.Of(Contract.SmallInteger("s"), Contract.Integer("i"), Contract.Number("d"), Contract.Date("day"))).Then(new KeepAll());
        foreach (var (from, to) in new[] { ("in", "between"), ("between", "out") })
        {
            await copy.RunAsync(
                DataSource.FromFile(folder.File($"{from}.parquet")), DataSink.ToFile(folder.File($"{to}.parquet")), DataSink.ToFile(folder.File("rejects.csv")),
                Runs.Options, CancellationToken.None);
        }

        Assert.Equal(Runs.ReadParquet(folder.File("in.parquet")).Rows, Runs.ReadParquet(folder.File("out.parquet")).Rows);
    }

    static ColumnMetaData Chunk(ParquetReader reader, string column) =>
        reader.Metadata!.RowGroups.Single().Columns.Select(chunk => chunk.MetaData!).Single(chunk => chunk.PathInSchema[0] == column);

    /// <summary>A recipe that may drop rows carries nothing over as it is stored.</summary>
    sealed class KeepAll() : RowStep("Keep All")
    {
        public override bool DropsRows => true;

        public override void Apply(Batch batch) { }
    }
}
