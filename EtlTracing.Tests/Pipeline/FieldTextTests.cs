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
}
