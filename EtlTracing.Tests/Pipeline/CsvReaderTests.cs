using System.Globalization;
using CsCheck;

namespace EtlTracing.Tests.Pipeline;

public sealed class CsvReaderTests
{
    static readonly string[] s_columns = ["a", "b", "c"];

    /// <summary>Pieces that make trouble when they meet.</summary>
    static readonly Gen<string> s_hostile = Gen.OneOf(",", ",", ",", "\n", "\n", "\r\n", "\r", "\"", "\"\"", "\"x\"", "\"y\nz\"", "word", "é", "NA", " ", "12")
        .List[0, 60].Select(string.Concat);

    /// <summary>Pieces of records that are mostly sound, and long enough for the reader to look at many at a time.</summary>
    static readonly Gen<string> s_sound = Gen.OneOf(
            "a,b,c\n", "a,b,c\r\n", "1,\"b\r\n\",3\n", "1,\"b\",\"c\"\"c\"\r\n", "a,b,c\r", ",,\n", "\"\",\"\"\"\",\n", "\n", ",", "word", "\"x\"", "\"q,\r\nw\"", "\"")
        .List[0, 200].Select(string.Concat);

    /// <summary>Everything that a record may have, and some that it may not.</summary>
    const string Tricky = "\"\",\"\"\"\",\"a\"\"b\"\r\n\"x\r\ny\",\"p,q\",\r\n\r\n,,\n1,2\n\"a\"b,2,3\r\n\"\r\",\"\n\",3\r4,5,6\r\n7,\"8\n9,0\n";

    [Fact]
    public async Task HostileTextIsReadAsTheRulesSay()
    {
        await Gen.Select(s_hostile, Gen.Int[1, 300], Gen.Int[1, 4]).SampleAsync(ReadAsTheRulesSayAsync, iter: 1500);
    }

    [Fact]
    public async Task SoundTextIsReadAsTheRulesSay()
    {
        await Gen.Select(s_sound, Gen.Int[1, 3000], Gen.Int[1, 2]).SampleAsync(ReadAsTheRulesSayAsync, iter: 1500);
    }

    [Fact]
    public async Task ItDoesNotMatterWhereTheReadersLooksBegin()
    {
        for (var before = 0; before <= 130; before++)
        {
            var filler = new string('x', before);
            await ReadAsTheRulesSayAsync($"{filler},\"{filler}\",{filler}\r\n{Tricky}{filler}", 4096, 1);
            await ReadAsTheRulesSayAsync($"\"{filler}\"\"\",\"\r\n{filler}\",\r\n{Tricky}{Tricky}", 4096, 1);
        }
    }

    [Fact]
    public async Task ItDoesNotMatterWhereTheTextIsCut()
    {
        var text = $"a,b,c\n1,{new string('x', 70)},3\r\n{Tricky}";
        for (var cut = 0; cut <= text.Length; cut++)
        {
            await ReadAsTheRulesSayAsync(text[..cut], 4096, 1);
            await ReadAsTheRulesSayAsync(text, 64 + cut, 1);
        }
    }

    static async Task ReadAsTheRulesSayAsync(string text, int batchBytes, int threads)
    {
        text = "a,b,c\n" + text;
        var expected = HostileCsv.Read(text, fields: 3);
        var actual = await Captured.ReadAsync(text, s_columns, Runs.Options with { StepwiseBytes = 0, BatchBytes = batchBytes, Threads = threads });

        Assert.Equal(expected.Rows.Skip(1).Select(row => row.Select(Null)), actual.Rows);
        Assert.Equal(expected.Rejects.Select(reject => new[] { reject.Line.ToString(CultureInfo.InvariantCulture), reject.Rule }), actual.Rejects.Select(reject => reject[..2]));
        Assert.Equal(expected.Rejects.Select(reject => reject.Text.Replace("\r", "", StringComparison.Ordinal)), actual.Rejects.Select(reject => reject[2].Replace("\r", "", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task QuotedLineBreaksCommasAndQuotationMarksBelongToTheValue()
    {
        var read = await Captured.ReadAsync("a,b,c\r\n1,\"two\nlines, and \"\"quotes\"\"\",3\r\n4,5,6", s_columns, Runs.Options);

        Assert.Equal([["1", "two\nlines, and \"quotes\"", "3"], ["4", "5", "6"]], read.Rows);
        Assert.Empty(read.Rejects);
    }

    [Fact]
    public async Task AByteOrderMarkIsNoPartOfTheFirstName()
    {
        var read = await Captured.ReadAsync("\uFEFFa,b,c\n1,2,3\n", s_columns, Runs.Options);

        Assert.Equal([["1", "2", "3"]], read.Rows);
    }

    [Fact]
    public async Task AQuotationMarkThatNeverClosesCostsOneLine()
    {
        var read = await Captured.ReadAsync("a,b,c\n1,\"open,3\n4,5,6\n7,8,9\n", s_columns, Runs.Options);

        Assert.Equal([["4", "5", "6"], ["7", "8", "9"]], read.Rows);
        Assert.Equal(["2", "broken quotation marks", "1,\"open,3"], Assert.Single(read.Rejects));
    }

    [Fact]
    public async Task ARecordLongerThanAnySoundOneIsRejectedWhateverTheBatchSize()
    {
        var text = "a,b,c\n1,\"" + new string('x', 1 << 20) + "\",3\n4,5,6\n";
        foreach (var batchBytes in new[] { 1 << 10, 8 << 20 })
        {
            var read = await Captured.ReadAsync(text, s_columns, Runs.Options with { BatchBytes = batchBytes, StepwiseBytes = 0 });

            Assert.Equal([["4", "5", "6"]], read.Rows);
            Assert.Equal("record too long", Assert.Single(read.Rejects)[1]);
        }
    }

    [Fact]
    public async Task WhatStandsBehindTheFirstLineOfATooLongRecordIsReadByTheRules()
    {
        var text = "a,b,c\n1,\"b\n4,5,6\n\"," + new string('x', 1 << 20) + "\n7,8,9\n";
        var read = await Captured.ReadAsync(text, s_columns, Runs.Options with { BatchBytes = 8 << 20, StepwiseBytes = 0 });

        Assert.Equal([["4", "5", "6"], ["7", "8", "9"]], read.Rows);
        Assert.Equal(["record too long", "record too long"], read.Rejects.Select(reject => reject[1]));
    }

    static string? Null(string value) => value is "" or "NA" ? null : value;
}
