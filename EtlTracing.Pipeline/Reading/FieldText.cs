using System.Buffers.Text;
using System.Globalization;
using System.Runtime.CompilerServices;

namespace EtlTracing.Pipeline.Reading;

/// <summary>What a field's text says: nothing, a number, a date, an amount of money.</summary>
public static class FieldText
{
    /// <summary>Powers of ten that a double holds exactly.</summary>
    static readonly double[] s_powers = [1, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22];

    /// <summary>Empty, or one of the texts that pandas takes for a missing value.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool IsMissing(ReadOnlySpan<byte> text) => text.IsEmpty || (BeginsMissing(text[0]) && text.Length < 10 && IsSpeltOut(text));

    /// <summary>Whether the character is one of N n # &lt; - 1: a bit each, so that texts do not take a branch for each.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static bool BeginsMissing(byte value)
    {
        const ulong Low = 1UL << '#' | 1UL << '-' | 1UL << '1' | 1UL << '<', High = 1UL << ('N' - 64) | 1UL << ('n' - 64);
        return (((value & 64) != 0 ? High : Low) >> (value & 63) & 1) != 0;
    }

    static bool IsSpeltOut(ReadOnlySpan<byte> text)
    {
        return text[0] switch
        {
            (byte)'N' => text.SequenceEqual("NA"u8) || text.SequenceEqual("N/A"u8) || text.SequenceEqual("NULL"u8) || text.SequenceEqual("NaN"u8) || text.SequenceEqual("None"u8),
            (byte)'n' => text.SequenceEqual("null"u8) || text.SequenceEqual("nan"u8) || text.SequenceEqual("n/a"u8),
            (byte)'#' => text.SequenceEqual("#N/A"u8) || text.SequenceEqual("#NA"u8) || text.SequenceEqual("#N/A N/A"u8),
            (byte)'<' => text.SequenceEqual("<NA>"u8),
            (byte)'-' => text.SequenceEqual("-NaN"u8) || text.SequenceEqual("-nan"u8) || text.SequenceEqual("-1.#IND"u8) || text.SequenceEqual("-1.#QNAN"u8),
            (byte)'1' => text.SequenceEqual("1.#IND"u8) || text.SequenceEqual("1.#QNAN"u8),
            _ => false,
        };
    }

    /// <summary>A finite number, with spaces around it or not.</summary>
    public static bool TryNumber(ReadOnlySpan<byte> text, out double number) => TryNumber(text, padded: false, out number);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static bool TryNumber(ReadOnlySpan<byte> text, bool padded, out double number)
    {
        if (!ShortNumber.TryRead(text, padded, out var whole, out var decimals)) return TryLongNumber(text, out number);
        number = whole / s_powers[decimals];
        return true;
    }

    static bool TryLongNumber(ReadOnlySpan<byte> text, out double number)
    {
        var mantissa = 0UL;
        int at = 0, digits = 0, fraction = 0;
        var negative = text.Length > 0 && text[0] == '-';
        if (negative) at++;
        for (; at < text.Length && (uint)(text[at] - '0') < 10; at++, digits++) mantissa = mantissa * 10 + text[at] - '0';
        if (at < text.Length && text[at] == '.')
            for (at++; at < text.Length && (uint)(text[at] - '0') < 10; at++, digits++, fraction++) mantissa = mantissa * 10 + text[at] - '0';

        // Both operands are exact up to 15 digits, so that one division rounds as correctly as the slow way does (Clinger's fast path).
        if (at == text.Length && digits is > 0 and <= 15)
        {
            number = mantissa / s_powers[fraction];
            if (negative) number = -number;
            return true;
        }

        if (text.IsEmpty)
        {
            number = 0;
            return false;
        }

        return double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out number) && double.IsFinite(number);
    }

    public static bool TryInteger(ReadOnlySpan<byte> text, out long number) => TryInteger(text, padded: false, out number);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static bool TryInteger(ReadOnlySpan<byte> text, bool padded, out long number) =>
        (ShortNumber.TryRead(text, padded, out number, out var decimals) && decimals == 0 && text[^1] != '.') || TryLongInteger(text, out number);

    static bool TryLongInteger(ReadOnlySpan<byte> text, out long number) => Utf8Parser.TryParse(text, out number, out var read) && read == text.Length;

    public static bool TrySmallInteger(ReadOnlySpan<byte> text, out int number) =>
        Utf8Parser.TryParse(text, out number, out var read) && read == text.Length;

    /// <summary>Month/day/year, the year in four digits or two: 69..99 are 1969..1999.</summary>
    public static bool TryDate(ReadOnlySpan<byte> text, out DateTime date)
    {
        date = default;
        var first = text.IndexOf((byte)'/');
        if (first < 0) return false;
        var second = text[(first + 1)..].IndexOf((byte)'/');
        if (second < 0) return false;
        var yearText = text[(first + second + 2)..];
        if (!TrySmall(text[..first], out var month) || !TrySmall(text.Slice(first + 1, second), out var day) || !TrySmall(yearText, out var year)) return false;
        if (yearText.Length == 2) year += year >= 69 ? 1900 : 2000;
        else if (yearText.Length != 4) return false;
        return TryDate(year, month, day, out date);
    }

    /// <summary>The same of text that has eight bytes behind it that may be looked at.</summary>
    internal static bool TryPaddedDate(ReadOnlySpan<byte> text, out DateTime date) =>
        ShortDate.TryRead(text, out var year, out var month, out var day) ? TryDate(year, month, day, out date) : TryDate(text, out date);

    static bool TryDate(int year, int month, int day, out DateTime date)
    {
        date = default;
        if (year < 1 || month is < 1 or > 12 || day < 1 || day > DateTime.DaysInMonth(year, month)) return false;
        date = new DateTime(year, month, day);
        return true;
    }

    /// <summary>An amount like <c>"$1,018 "</c>: dollar signs, commas and spaces do not count.</summary>
    public static bool TryCurrency(ReadOnlySpan<byte> text, out double amount)
    {
        var whole = 0UL;
        var digits = 0;
        foreach (var value in text)
        {
            if (IsOrnament(value)) continue;
            if ((uint)(value - '0') > 9) return TryOtherCurrency(text, out amount);
            whole = whole * 10 + value - '0';
            digits++;
        }

        amount = whole;
        return digits is > 0 and <= 15 || TryOtherCurrency(text, out amount);
    }

    /// <summary>The same of the first bytes of a text. Most amounts fit eight bytes, and are read at once.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static bool TryCurrency(ReadOnlySpan<byte> text, int length, out double amount)
    {
        if (ShortNumber.TryReadAmount(text, length, out var whole))
        {
            amount = whole;
            return true;
        }

        return TryCurrency(text[..length], out amount);
    }

    /// <summary>An amount that is not a few digits.</summary>
    static bool TryOtherCurrency(ReadOnlySpan<byte> text, out double amount)
    {
        amount = 0;
        if (text.Length > 64) return false;
        Span<byte> number = stackalloc byte[64];
        var length = 0;
        foreach (var value in text)
            if (!IsOrnament(value)) number[length++] = value;
        return TryNumber(number[..length], out amount);
    }

    static bool IsOrnament(byte value) => value is (byte)'$' or (byte)',' or (byte)' ' or (byte)'\t' or (byte)'\r' or (byte)'\n';

    static bool TrySmall(ReadOnlySpan<byte> text, out int number)
    {
        number = 0;
        if (text.Length is 0 or > 4) return false;
        foreach (var digit in text)
        {
            if ((uint)(digit - '0') > 9) return false;
            number = number * 10 + digit - '0';
        }

        return true;
    }
}
