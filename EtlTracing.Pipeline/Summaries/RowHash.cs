using System.IO.Hashing;
using System.Runtime.CompilerServices;

namespace EtlTracing.Pipeline.Summaries;

/// <summary>
/// A 128-bit hash of values that are added one after another, where rows of equal hashes are taken for equal. Each half is a hash of its own: of two
/// factors that depend on the value and on what came before, the 128-bit product's halves are folded, which is how wyhash mixes
/// (github.com/wangyi-fudan/wyhash). The halves pair the value's words with different factors, so that values that meet in one half by a coincidence
/// of 1 in 2^64 meet in the other only by a second one. A value takes two multiplications; XxHash128 takes several times that to begin and to end,
/// and is left the long texts.
/// </summary>
public struct RowHash(ulong low, ulong high)
{
    /// <summary>Odd, and about half of their bits are set; the first four are wyhash's, the fifth is the golden ratio.</summary>
    const ulong First = 0xA0761D6478BD642F, Second = 0xE7037ED1A0B428DB, Third = 0x8EBC6AF09C88C6E3, Fourth = 0x589965CC75374CC3, Fifth = 0x9E3779B97F4A7C15;

    /// <summary>No value has this length.</summary>
    const ulong NullLength = ulong.MaxValue;

    ulong _low = low, _high = high;

    public readonly ulong Low => _low;

    public readonly ulong High => _high;

    public readonly UInt128 Value => new(_high, _low);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void AddNull() => Add(0, 0, NullLength);

    /// <summary>Minus zero is zero.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Add(double number) => Add(BitConverter.DoubleToUInt64Bits(number + 0.0), 0, sizeof(double));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Add(ReadOnlySpan<byte> text)
    {
        if (ShortText.TryRead(text, out var head, out var tail)) Add(head, tail, (ulong)text.Length);
        else AddLong(text);
    }

    void AddLong(ReadOnlySpan<byte> text)
    {
        var hash = XxHash128.HashToUInt128(text);
        Add((ulong)hash, (ulong)(hash >> 64), (ulong)text.Length);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    void Add(ulong one, ulong other, ulong length)
    {
        // Lengths are small numbers, and so may words be; multiplied, one cannot make up for the other.
        var mark = length * Fifth;
        _low = Fold(_low ^ one ^ First, other ^ mark ^ Second);
        _high = Fold(_high ^ other ^ Third, one ^ (mark << 32 | mark >> 32) ^ Fourth);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static ulong Fold(ulong one, ulong other)
    {
        var upper = Math.BigMul(one, other, out var lower);
        return upper ^ lower;
    }
}
