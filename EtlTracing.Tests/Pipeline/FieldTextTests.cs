using System.Buffers.Text;
using System.Globalization;
using System.Text;
using CsCheck;
using EtlTracing.Pipeline.Reading;

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
}
