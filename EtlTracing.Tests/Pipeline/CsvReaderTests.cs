using System.Globalization;
using CsCheck;

namespace EtlTracing.Tests.Pipeline;

public sealed class CsvReaderTests
{
    static readonly string[] s_columns = ["a", "b", "c"];

    /// <summary>Pieces that make trouble when they meet.</summary>
    static readonly Gen<string> s_hostile = Gen.OneOf(",", ",", ",", "\n", "\n", "\r\n", "\r", "\"", "\"\"", "\"x\"", "\"y\nz\"", "word", "é", "NA", " ", "12")
        .List[0, 60].Select(string.Concat);

    [Fact]
    public async Task HostileTextIsReadAsTheRulesSay()
    {
        await Gen.Select(s_hostile, Gen.Int[1, 300], Gen.Int[1, 4]).SampleAsync(
            async (text, batchBytes, threads) =>
            {
                text = "a,b,c\n" + text;
                var expected = HostileCsv.Read(text, fields: 3);
                var actual = await Captured.ReadAsync(text, s_columns, Runs.Options with { StepwiseBytes = 0, BatchBytes = batchBytes, Threads = threads });

                Assert.Equal(expected.Rows.Skip(1).Select(row => row.Select(Null)), actual.Rows);
                Assert.Equal(expected.Rejects.Select(reject => new[] { reject.Line.ToString(CultureInfo.InvariantCulture), reject.Rule }), actual.Rejects.Select(reject => reject[..2]));
                Assert.Equal(expected.Rejects.Select(reject => reject.Text.Replace("\r", "", StringComparison.Ordinal)), actual.Rejects.Select(reject => reject[2].Replace("\r", "", StringComparison.Ordinal)));
            },
            iter: 1500);
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

    static string? Null(string value) => value is "" or "NA" ? null : value;
}
