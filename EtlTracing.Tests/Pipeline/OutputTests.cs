using EtlTracing.Pipeline;
using EtlTracing.Samples;
using EtlTracing.Tests.Support;
using Parquet;

namespace EtlTracing.Tests.Pipeline;

public sealed class OutputTests
{
    [Fact]
    public async Task TheFooterSaysWhereTheFileComesFrom()
    {
        using var folder = new TemporaryFolder();
        await using (var csv = File.Create(folder.File("in.csv"))) SampleWriter.Write(csv, rows: 500, seed: 1);
        var result = await Runs.CleanAsync(folder.File("in.csv"), folder.File("out.parquet"), Runs.Streamed with { FooterMetadata = new Dictionary<string, string> { ["etl.trace"] = "1-2-3" } });

        await using var reader = await ParquetReader.CreateAsync(folder.File("out.parquet"));
        var metadata = reader.CustomMetadata;
        Assert.Equal("1-2-3", metadata["etl.trace"]);
        Assert.Equal("500", metadata["etl.rows.in"]);
        Assert.Equal(result.RowsOut.ToString(System.Globalization.CultureInfo.InvariantCulture), metadata["etl.rows.out"]);
        Assert.StartsWith("Standardize Column Names\nDrop Columns\nRemove Duplicates\n", metadata["etl.steps"], StringComparison.Ordinal);
        Assert.True(reader.RowGroupCount > 1);
        Assert.Equal(result.RowsOut, reader.Metadata!.NumRows);
    }

    [Fact]
    public async Task ParquetNetAndDuckDbReadTheSameValues()
    {
        using var folder = new TemporaryFolder();
        await using (var csv = File.Create(folder.File("in.csv"))) SampleWriter.Write(csv, rows: 500, seed: 2);
        await Runs.CleanAsync(folder.File("in.csv"), folder.File("out.parquet"), Runs.Streamed);
        var (columns, rows) = Runs.ReadParquet(folder.File("out.parquet"));

        await using var reader = await ParquetReader.CreateAsync(folder.File("out.parquet"));
        var row = 0;
        for (var index = 0; index < reader.RowGroupCount; index++)
        {
            using var group = reader.OpenRowGroupReader(index);
            var names = new string?[group.RowCount];
            var prices = new int[group.RowCount];
            await group.ReadAsync(reader.Schema.DataFields.Single(field => field.Name == "name"), names.AsMemory()!);
            await group.ReadAsync<int>(reader.Schema.DataFields.Single(field => field.Name == "price"), prices.AsMemory());
            for (var at = 0; at < names.Length; at++, row++)
            {
                Assert.Equal(rows[row][columns.IndexOf("name")], names[at]);
                Assert.Equal(rows[row][columns.IndexOf("price")], prices[at].ToString(System.Globalization.CultureInfo.InvariantCulture));
            }
        }

        Assert.Equal(rows.Count, row);
    }

    [Fact]
    public async Task WhatACrashedRunHasLeftIsTakenOver()
    {
        using var folder = new TemporaryFolder();
        await using (var csv = File.Create(folder.File("in.csv"))) SampleWriter.Write(csv, rows: 500, seed: 3);
        await File.WriteAllBytesAsync(folder.File("out.parquet.partial"), new byte[1 << 20]);

        var result = await Runs.CleanAsync(folder.File("in.csv"), folder.File("out.parquet"));

        Assert.Equal(result.RowsOut, Runs.ReadParquet(folder.File("out.parquet")).Rows.Count);
        Assert.Equal(result.BytesWritten, new FileInfo(folder.File("out.parquet")).Length);
        Assert.Empty(Directory.GetFiles(folder.Path, "*.partial"));
    }

    [Fact]
    public async Task AnInputOfNoRowsMakesAFileOfNoRows()
    {
        using var folder = new TemporaryFolder();
        await File.WriteAllTextAsync(folder.File("in.csv"), SampleWriter.Header);
        foreach (var options in new[] { Runs.Options, Runs.Streamed })
        {
            await Runs.CleanAsync(folder.File("in.csv"), folder.File("clean.parquet"), options);
            await Runs.ProcessAsync(folder.File("clean.parquet"), folder.File("processed.parquet"), options);

            var (columns, rows) = Runs.ReadParquet(folder.File("processed.parquet"));
            Assert.Equal(29, columns.Count);
            Assert.Empty(rows);
        }
    }

    [SharedDataFact]
    public async Task GroupsEqualAGroupByOverTheExpectedRows()
    {
        foreach (var options in new[] { Runs.Options, Runs.Streamed })
        {
            using var folder = new TemporaryFolder();
            await Runs.CleanAsync(SharedData.File("airbnb_real.csv"), folder.File("clean.parquet"), options);
            var result = await Runs.ProcessAsync(
                folder.File("clean.parquet"), folder.File("processed.parquet"), options with { Groups = DataSink.ToFile(folder.File("groups.parquet")) });

            var records = NaiveCsv.Read(await File.ReadAllTextAsync(SharedData.File("airbnb_real.processed.expected.csv")));
            int At(string column) => Array.IndexOf(records[0], column);
            var expected = records.Skip(1)
                .GroupBy(record => (record[At("neighbourhood_group")], record[At("neighbourhood")], record[At("room_type")]))
                .Select(group => (group.Key, Costs: group.Select(record => double.Parse(record[At("cost_per_night")], null)).Order().ToArray(), Reviews: group.Sum(record => long.Parse(record[At("number_of_reviews")], null))))
                .OrderBy(group => group.Key, Comparer<(string, string, string)>.Create((one, other) =>
                    string.CompareOrdinal(one.Item1 + '\0' + one.Item2 + '\0' + one.Item3, other.Item1 + '\0' + other.Item2 + '\0' + other.Item3)))
                .Select(group => string.Join('|', group.Key.Item1, group.Key.Item2, group.Key.Item3, group.Costs.Length, group.Costs[0], (group.Costs[(group.Costs.Length - 1) / 2] + group.Costs[group.Costs.Length / 2]) / 2, Math.Round(group.Costs.Average(), 9), group.Costs[^1], group.Reviews));
            var (columns, rows) = Runs.ReadParquet(folder.File("groups.parquet"));
            Assert.Equal(["neighbourhood_group", "neighbourhood", "room_type", "listings", "cost_per_night_min", "cost_per_night_median", "cost_per_night_mean", "cost_per_night_max", "number_of_reviews"], columns);
            Assert.Equal(expected, rows.Select(row => string.Join('|', row.Select((value, column) => column == 6 ? Math.Round(double.Parse(value, null), 9).ToString(System.Globalization.CultureInfo.InvariantCulture) : value))));
            Assert.True(result.GroupsWritten);
        }
    }
}
