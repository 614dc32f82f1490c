using System.Buffers.Binary;
using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace EtlTracing.Pipeline.Reading;

/// <summary>
/// Reads numbers of up to eight characters and maybe a sign, which nearly all are, eight digits at a time: a multiplication a digit, each waiting for the one
/// before it, measured twice as long.
/// </summary>
static class ShortNumber
{
    const ulong Dots = 0x2E2E2E2E2E2E2E2E, Commas = 0x2C2C2C2C2C2C2C2C, Zeroes = 0x3030303030303030, Ones = 0x0101010101010101, Upper = 0x8080808080808080;

    /// <summary>Digits as a whole number and how many of them stand behind the point. False for any other text, which may be a number all the same.</summary>
    /// <param name="padded">Eight bytes behind the text may be looked at, so that lengths that vary are no branches.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool TryRead(ReadOnlySpan<byte> text, bool padded, out long number, out int decimals)
    {
        number = decimals = 0;
        if (text.IsEmpty) return false;
        var negative = text[0] == '-';
        if (negative) text = text[1..];
        return (uint)(text.Length - 1) < sizeof(ulong) && TryRead(padded ? LoadPadded(text) : Load(text), text.Length, negative, out number, out decimals);
    }

    /// <summary>
    /// Digits with at most a dollar sign before them, a comma among them and a space behind them: all of it in eight bytes, and eight more to look at in the
    /// text. False for any other text, which may be an amount all the same.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool TryReadAmount(ReadOnlySpan<byte> text, int length, out long number)
    {
        number = 0;
        if ((uint)(length - 1) >= sizeof(ulong) || text.Length <= sizeof(ulong)) return false;
        ref var first = ref MemoryMarshal.GetReference(text);
        if (Unsafe.Add(ref first, length - 1) == ' ') length--;
        if (first == '$')
        {
            first = ref Unsafe.Add(ref first, 1);
            length--;
        }

        if (length <= 0) return false;
        var characters = Unsafe.ReadUnaligned<ulong>(ref first) & ~0UL >> (sizeof(ulong) - length) * 8;
        var comma = Find(characters, Commas);
        if (comma != 0) length = Close(ref characters, comma, length);
        return length > 0 && TryReadDigits(Lead(characters, length), out number);
    }

    /// <summary>Eight digits as the number they are. False if one is none.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool TryReadDigits(ulong characters, out long number)
    {
        number = 0;
        if ((characters & 0xF0F0F0F0F0F0F0F0 | (characters + 0x0606060606060606 & 0xF0F0F0F0F0F0F0F0) >> 4) != 0x3333333333333333) return false;
        characters = (characters & 0x0F0F0F0F0F0F0F0F) * 2561 >> 8;
        characters = (characters & 0x00FF00FF00FF00FF) * 6553601 >> 16;
        number = (long)((characters & 0x0000FFFF0000FFFF) * 42949672960001 >> 32);
        return true;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static bool TryRead(ulong characters, int length, bool negative, out long number, out int decimals)
    {
        number = decimals = 0;
        var point = Find(characters, Dots);
        if (point != 0)
        {
            var before = BitOperations.TrailingZeroCount(point) >> 3;
            length = Close(ref characters, point, length);
            decimals = length - before;
            if (length <= 0 || decimals < 0) return false;
        }

        if (!TryReadDigits(Lead(characters, length), out number)) return false;
        if (!negative) return true;

        // Minus zero is a double of its own.
        if (number == 0) return false;
        number = -number;
        return true;
    }

    /// <summary>Moves what stands behind the first found character over it; the length that is left.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static int Close(ref ulong characters, ulong found, int length)
    {
        var before = (1UL << (BitOperations.TrailingZeroCount(found) & ~7)) - 1;
        characters = characters & before | characters >> 8 & ~before;
        return length - 1;
    }

    /// <summary>Puts zeroes in front of so many digits until there are eight.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static ulong Lead(ulong characters, int length) => characters << (sizeof(ulong) - length) * 8 | Zeroes >> 8 >> (length - 1) * 8;

    /// <summary>The highest bit of each byte that is the wanted one, and maybe of bytes right behind such a one.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong Find(ulong characters, ulong wanted)
    {
        var difference = characters ^ wanted;
        return (difference - Ones) & ~difference & Upper;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static ulong LoadPadded(ReadOnlySpan<byte> text) =>
        Unsafe.ReadUnaligned<ulong>(ref MemoryMarshal.GetReference(text)) & ~0UL >> (sizeof(ulong) - text.Length) * 8;

    /// <summary>One to eight bytes, the first one lowest, zeroes above.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static ulong Load(ReadOnlySpan<byte> text)
    {
        var length = text.Length;
        if (length == sizeof(ulong)) return BinaryPrimitives.ReadUInt64LittleEndian(text);
        if (length >= sizeof(uint))
            return BinaryPrimitives.ReadUInt32LittleEndian(text) | (ulong)BinaryPrimitives.ReadUInt32LittleEndian(text[(length - sizeof(uint))..]) << (length - sizeof(uint)) * 8;
        if (length == 1) return text[0];
        var two = (ulong)BinaryPrimitives.ReadUInt16LittleEndian(text);
        return length == 2 ? two : two | (ulong)text[2] << 16;
    }
}
