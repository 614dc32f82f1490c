using System.Buffers.Binary;
using System.Numerics;
using System.Runtime.CompilerServices;

namespace EtlTracing.Pipeline.Writing;

/// <summary>
/// Parquet's hybrid of run lengths and packed bits (github.com/apache/parquet-format/blob/master/Encodings.md): one run for the whole page, of
/// equal values where there is but one, else packed.
/// </summary>
static class BitPacking
{
    /// <summary>Bits that hold all numbers below <paramref name="count"/>; at least one, which some readers insist on.</summary>
    public static int Width(int count) => Math.Max(1, 32 - BitOperations.LeadingZeroCount((uint)Math.Max(0, count - 1)));

    public static void WriteRun(PageBuffer page, int count, byte value)
    {
        page.AppendVarInt((uint)count << 1);
        page.Reserve(1)[0] = value;
        page.Advance(1);
    }

    public static void WritePacked(PageBuffer page, ReadOnlySpan<int> values, int width)
    {
        var groups = (values.Length + 7) >> 3;
        page.AppendVarInt((uint)groups << 1 | 1);
        var room = page.Reserve(groups * width + 2 * sizeof(ulong));
        if (width < 16) PackNarrow(room, values, width);
        else PackWide(room[..(groups * width + sizeof(ulong))], values, width);
        page.Advance(groups * width);
    }

    /// <summary>Eight values at a time, which fill whole bytes: two words of four, with no chain from one value to the next.</summary>
    static void PackNarrow(Span<byte> room, ReadOnlySpan<int> values, int width)
    {
        for (; values.Length >= 8; values = values[8..], room = room[width..]) PackEight(room, values, width);
        if (values.IsEmpty) return;
        Span<int> last = stackalloc int[8];
        last.Clear();
        values.CopyTo(last);
        PackEight(room, last, width);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static void PackEight(Span<byte> room, ReadOnlySpan<int> values, int width)
    {
        var lower = PackFour(values, width);
        var upper = PackFour(values[4..], width);
        BinaryPrimitives.WriteUInt64LittleEndian(room, lower | upper << (4 * width));
        BinaryPrimitives.WriteUInt64LittleEndian(room[sizeof(ulong)..], upper >> (64 - 4 * width));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static ulong PackFour(ReadOnlySpan<int> values, int width) =>
        (uint)values[0] | (ulong)(uint)values[1] << width | ((uint)values[2] | (ulong)(uint)values[3] << width) << (2 * width);

    static void PackWide(Span<byte> room, ReadOnlySpan<int> values, int width)
    {
        var bits = 0UL;
        var filled = 0;
        foreach (var value in values)
        {
            bits |= (ulong)(uint)value << filled;
            filled += width;
            if (filled < 32) continue;
            BinaryPrimitives.WriteUInt32LittleEndian(room, (uint)bits);
            room = room[4..];
            bits >>= 32;
            filled -= 32;
        }

        // What is left of the last word, and zeroes for the values that its group of eight lacks.
        BinaryPrimitives.WriteUInt64LittleEndian(room, bits);
        room[sizeof(ulong)..].Clear();
    }
}
