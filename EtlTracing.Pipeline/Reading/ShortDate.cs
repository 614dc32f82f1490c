using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace EtlTracing.Pipeline.Reading;

/// <summary>Reads dates like <c>9/12/2020</c>, which nearly all are, as the eight digits 09122020: there is no branch for which parts have one digit.</summary>
static class ShortDate
{
    const ulong Slashes = 0x2F2F2F2F2F2F2F2F;
    const int YearLength = 4, Shortest = 8;

    /// <summary>The numbers that stand there. False for any other text, which may be a date all the same.</summary>
    /// <param name="text">Has eight bytes behind it that may be looked at.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool TryRead(ReadOnlySpan<byte> text, out int year, out int month, out int day)
    {
        year = month = day = 0;
        if (text.Length < Shortest) return false;
        ref var start = ref MemoryMarshal.GetReference(text);
        var characters = Unsafe.ReadUnaligned<ulong>(ref start);
        var found = ShortNumber.Find(characters, Slashes);
        var first = BitOperations.TrailingZeroCount(found) >> 3;
        var second = BitOperations.TrailingZeroCount(found & (found - 1)) >> 3;
        var dayLength = second - first - 1;
        if ((uint)(first - 1) > 1 || (uint)(dayLength - 1) > 1 || text.Length != second + 1 + YearLength) return false;
        var digits = TwoDigits(characters, first) | TwoDigits(characters >> (first + 1) * 8, dayLength) << 16;
        digits |= (ulong)Unsafe.ReadUnaligned<uint>(ref Unsafe.Add(ref start, second + 1)) << 32;
        if (!ShortNumber.TryReadDigits(digits, out var number)) return false;
        (month, day, year) = ((int)number / 1_00_0000, (int)number / 1_0000 % 100, (int)number % 1_0000);
        return true;
    }

    /// <summary>The first one or two characters, a zero in front of a single one.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static ulong TwoDigits(ulong characters, int length) => characters << (2 - length) * 8 & 0xFFFF | (uint)('0' * (2 - length));
}
