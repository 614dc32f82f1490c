using System.Buffers.Text;
using System.Globalization;
using System.Text;
using CsCheck;
using EtlTracing.Pipeline;
using EtlTracing.Pipeline.Reading;
using EtlTracing.Pipeline.Steps;
using EtlTracing.Tests.Support;

namespace EtlTracing.Tests.Pipeline;

public sealed class FieldTextTests
{
    /// <summary>Numbers, and what nearly is one.</summary>
    static readonly Gen<string> s_texts = Gen.OneOf(
        Gen.Char["0123456789.-+eE x"].Array[0, 20].Select(characters => new string(characters)),
        Gen.Select(Gen.OneOf("", "-"), Gen.Int[0, 99999], Gen.OneOf("", ".", ".0", ".5", ".64749", ".1234567")).Select(parts => parts.Item1 + parts.Item2.ToString(CultureInfo.InvariantCulture) + parts.Item3),
        Gen.Double.Select(number => number.ToString(CultureInfo.InvariantCulture)));

    [Fact]
    public void NumbersAreReadToTheLastBitAsTheFrameworkReadsThem() => s_texts.Sample(
        text =>
        {
            var isNumber = double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var expected) && double.IsFinite(expected);
            return FieldText.TryNumber(Encoding.UTF8.GetBytes(text), out var number) == isNumber
                && (!isNumber || BitConverter.DoubleToInt64Bits(number) == BitConverter.DoubleToInt64Bits(expected));
        },
        iter: 20_000);

    [Fact]
    public void WholeNumbersAreReadAsTheFrameworkReadsThem() => s_texts.Sample(
        text =>
        {
            var bytes = Encoding.UTF8.GetBytes(text);
            var isWhole = Utf8Parser.TryParse(bytes, out long expected, out var read) && read == bytes.Length;
            return FieldText.TryInteger(bytes, out var number) == isWhole && (!isWhole || number == expected);
        },
        iter: 20_000);

    [Theory]
    [InlineData("$1,018 ", 1018.0)]
    [InlineData("204", 204.0)]
    [InlineData("$12.50", 12.5)]
    [InlineData("-$3", -3.0)]
    [InlineData("1e3", 1000.0)]
    [InlineData("$1234567890123456789", 1234567890123456789.0)]
    [InlineData("$ ", null)]
    [InlineData("", null)]
    [InlineData("free", null)]
    [InlineData("$1.2.3", null)]
    public void AnAmountIsItsNumberWithoutOrnaments(string text, double? expected)
    {
        Assert.Equal(expected is not null, FieldText.TryCurrency(Encoding.UTF8.GetBytes(text), out var amount));
        if (expected is not null) Assert.Equal(expected.Value, amount);
    }

    /// <summary>A column's amounts are read eight bytes at a time, whatever stands behind them.</summary>
    [Fact]
    public async Task AmountsOfAColumnAreThoseOfItsTexts()
    {
        var random = new Random(7);
        string[] texts =
        [
            .. Enumerable.Range(0, 20_000).Select(_ => string.Concat(Enumerable.Range(0, random.Next(12)).Select(_ => "$$,,  .-0123456789"[random.Next(18)]))),
            .. Enumerable.Range(0, 20_000).Select(_ => $"${random.Next(1 << random.Next(1, 31)).ToString("N0", CultureInfo.InvariantCulture)} "),
        ];
        using var folder = new TemporaryFolder();
        await File.WriteAllLinesAsync(folder.File("in.csv"), ["row,price", .. texts.Select((text, row) => $"{row},\"{text}\"")]);
        await Recipe.ForText("Amounts", Contract.Of(Contract.Integer("row"), Contract.Text("price"))).ConvertCurrency("price").RunAsync(
            DataSource.FromFile(folder.File("in.csv")), DataSink.ToFile(folder.File("out.parquet")), DataSink.ToFile(folder.File("rejects.csv")),
            Runs.Options with { MaxRejects = 1 }, CancellationToken.None);

        List<string[]> expected = [];
        for (var row = 0; row < texts.Length; row++)
            if (FieldText.TryCurrency(Encoding.UTF8.GetBytes(texts[row]), out var amount)) expected.Add([row.ToString(CultureInfo.InvariantCulture), amount.ToString(CultureInfo.InvariantCulture)]);
        Assert.InRange(expected.Count, 25_000, texts.Length);
        Assert.Equal(expected, Runs.ReadParquet(folder.File("out.parquet")).Rows);
    }
}
