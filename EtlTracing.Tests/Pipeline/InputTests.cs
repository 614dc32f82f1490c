using System.IO.Compression;
using System.Text;
using System.Text.Json;
using EtlTracing.Pipeline;
using EtlTracing.Samples;
using EtlTracing.Tests.Support;

namespace EtlTracing.Tests.Pipeline;

public sealed class InputTests
{
    [Fact]
    public async Task EveryFormatBatchSizeAndThreadCountGivesTheSameRows()
    {
        using var folder = new TemporaryFolder();
        await using (var csv = File.Create(folder.File("in.csv"))) SampleWriter.Write(csv, rows: 3000, seed: 7);
        var records = NaiveCsv.Read(await File.ReadAllTextAsync(folder.File("in.csv")));
        var objects = records.Skip(1).Select(record => JsonSerializer.Serialize(records[0].Zip(record).ToDictionary(field => field.First, field => field.Second))).ToList();
        await File.WriteAllTextAsync(folder.File("in.ndjson"), string.Join('\n', objects));
        await File.WriteAllTextAsync(folder.File("in.json"), "[\n" + string.Join(",\n", objects) + "\n]");
        await using (var packed = new GZipStream(File.Create(folder.File("in.csv.gz")), CompressionLevel.Fastest)) await packed.WriteAsync(await File.ReadAllBytesAsync(folder.File("in.csv")));

        await Runs.CleanAsync(folder.File("in.csv"), folder.File("expected.parquet"));
        var expected = Runs.ReadParquet(folder.File("expected.parquet"));
        PipelineOptions[] ways =
        [
            Runs.Options,
            Runs.Streamed with { BatchBytes = 4 << 10, Threads = 1 },
            Runs.Streamed with { BatchBytes = 50_000, Threads = 4 },
            Runs.Streamed with { BatchBytes = 30_000, Threads = 3, MemoryBudget = 0 },
        ];
        foreach (var input in new[] { "in.csv", "in.ndjson", "in.json", "in.csv.gz" })
        {
            foreach (var options in ways)
            {
                await Runs.CleanAsync(folder.File(input), folder.File("clean.parquet"), options);
                var actual = Runs.ReadParquet(folder.File("clean.parquet"));
                Assert.Equal(expected.Columns, actual.Columns);
                Assert.Equal(expected.Rows, actual.Rows);
            }
        }

        await Runs.ProcessAsync(folder.File("expected.parquet"), folder.File("ranked.parquet"));
        await Runs.CleanAsync(folder.File("in.csv"), folder.File("clean.parquet"), ways[1]);
        await Runs.ProcessAsync(folder.File("clean.parquet"), folder.File("ranked2.parquet"), ways[3]);
        Assert.Equal(Runs.ReadParquet(folder.File("ranked.parquet")).Rows, Runs.ReadParquet(folder.File("ranked2.parquet")).Rows);
    }

    [Fact]
    public async Task AllDifferencesFromTheContractAreToldBeforeAnyWork()
    {
        using var folder = new TemporaryFolder();
        var header = SampleWriter.Header.Replace(",service fee", "", StringComparison.Ordinal).Replace("lat,", "latitude,", StringComparison.Ordinal);
        await File.WriteAllTextAsync(folder.File("in.csv"), header + "\n1,n,2,v,h,g,n,40,many,c,cc,TRUE,s,r,2020,$1,3,4,1/1/2020,1,1,1,1,r,l\n");

        var mismatch = await Assert.ThrowsAsync<SchemaMismatchException>(() => Runs.CleanAsync(folder.File("in.csv"), folder.File("out.parquet")));

        Assert.Equal(
            "in.csv does not have the columns it should: missing column 'lat'; missing column 'service_fee'; unexpected column 'latitude'; "
            + "wrong type in column 'long': expected a number, found 'many' in line 2",
            mismatch.Message);
        Assert.Equal("SchemaMismatch", mismatch.ErrorName);
        Assert.False(File.Exists(folder.File("out.parquet")));
    }

    [Fact]
    public async Task SingleBadValuesRejectTheirRowsWithLineRuleAndText()
    {
        using var folder = new TemporaryFolder();
        var sample = new MemoryStream();
        SampleWriter.Write(sample, rows: 200, seed: 3, brokenEvery: 100);
        await File.WriteAllTextAsync(
            folder.File("in.csv"),
            Encoding.UTF8.GetString(sample.ToArray()) + "7,n,2,v,h,g,n,forty,-73,c,cc,TRUE,s,Private room,2020,$1,$2,3,4,1/1/2020,1,1,1,1,r,l\n8,n,2,v,h,g,n,40,-73,c,cc,TRUE,s,Private room,2020,$1,$2,3,4,2/30/2020,1,1,1,1,r,l\n9,n,2,v,h,g,n,40,-73,c,cc,TRUE,s,Private room,2020,one dollar,$2,3,4,1/1/2020,1,1,1,1,r,l\n");

        var result = await Runs.CleanAsync(folder.File("in.csv"), folder.File("out.parquet"), Runs.Options with { MaxRejects = 0.05 });

        Assert.Equal(
            new Dictionary<string, long> { ["broken quotation marks"] = 1, ["not a date in last_review"] = 1, ["not a number in lat"] = 1, ["not an amount in price"] = 1, ["wrong number of fields"] = 1 },
            result.Rejects);
        Assert.Equal(5, result.RowsRejected);
        var rejects = NaiveCsv.Read(await File.ReadAllTextAsync(folder.File("out.parquet.rejected.csv")));
        Assert.StartsWith("9,n,2,v", rejects[^1][2], StringComparison.Ordinal);
    }

    [Fact]
    public async Task TooManyRejectsFailTheRunAndLeaveNoOutput()
    {
        using var folder = new TemporaryFolder();
        await using (var csv = File.Create(folder.File("in.csv"))) SampleWriter.Write(csv, rows: 100, seed: 3, brokenEvery: 5);
        foreach (var options in new[] { Runs.Options, Runs.Streamed })
        {
            var failure = await Assert.ThrowsAsync<TooManyRejectsException>(() => Runs.CleanAsync(folder.File("in.csv"), folder.File("out.parquet"), options));

            Assert.Contains("20 of 120 rows rejected", failure.Message, StringComparison.Ordinal);
            Assert.Equal(["in.csv"], Directory.GetFiles(folder.Path).Select(Path.GetFileName));
        }
    }

    [Fact]
    public async Task TextThatIsNotUtf8IsRefusedWithTheByteWhereItStops()
    {
        using var folder = new TemporaryFolder();
        byte[] bytes = [.. Encoding.UTF8.GetBytes(SampleWriter.Header + "\n1,caf"), 0xE9, .. ",x\n"u8];
        await File.WriteAllBytesAsync(folder.File("in.csv"), bytes);

        var refused = await Assert.ThrowsAsync<InvalidInputException>(() => Runs.CleanAsync(folder.File("in.csv"), folder.File("out.parquet")));

        Assert.Equal($"in.csv is not UTF-8: at byte {SampleWriter.Header.Length + 6} found E92C780A", refused.Message);
    }

    [Fact]
    public async Task WhatIsNoTextIsRefusedByWhatItIs()
    {
        using var folder = new TemporaryFolder();
        await File.WriteAllBytesAsync(folder.File("utf16.csv"), Encoding.Unicode.GetPreamble());
        await File.WriteAllTextAsync(folder.File("some.parquet"), "PAR1 and so on");
        await using (var packed = new GZipStream(File.Create(folder.File("cut.gz")), CompressionLevel.Fastest)) SampleWriter.Write(packed, rows: 5000, seed: 1);
        await using (var cut = File.OpenWrite(folder.File("cut.gz"))) cut.SetLength(cut.Length / 2);

        Assert.Contains("UTF-16", await RefusalAsync("utf16.csv"), StringComparison.Ordinal);
        Assert.Contains("is Parquet", await RefusalAsync("some.parquet"), StringComparison.Ordinal);
        Assert.Contains("not a sound gzip file", await RefusalAsync("cut.gz"), StringComparison.Ordinal);

        async Task<string> RefusalAsync(string file) =>
            (await Assert.ThrowsAsync<InvalidInputException>(() => Runs.CleanAsync(folder.File(file), folder.File("out.parquet")))).Message;
    }

    [Fact]
    public async Task TextBehindAnArraysEndIsRefused()
    {
        foreach (var (text, batchBytes) in new[] { ("[{\"a\":1}]\n{\"a\":2}", 64), ("[{\"a\":1}]" + new string(' ', 5 << 20) + "[]", 64) })
        {
            var refused = await Assert.ThrowsAsync<InvalidInputException>(() => Captured.ReadAsync(text, ["a"], Runs.Options with { BatchBytes = batchBytes, StepwiseBytes = 0 }));

            Assert.StartsWith("text goes on behind the array's end in line 1", refused.Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task HeadersInAnyCaseWithSpacesOrUnderscoresAndAnyLineEndsAreTheSameInput()
    {
        foreach (var lineEnd in new[] { "\n", "\r\n", "\r" })
        {
            foreach (var header in new[] { "host name,PRICE", "HOST_NAME,price", "Host Name,Price", "\"host name\",\"price\"" })
            {
                var read = await Captured.ReadAsync($"{header}{lineEnd}ann,\"two{lineEnd}lines\"{lineEnd}{lineEnd}bob,3", ["host_name", "price"], Runs.Options);

                Assert.Equal([["ann", $"two{lineEnd}lines"], ["bob", "3"]], read.Rows);
            }
        }
    }
}
