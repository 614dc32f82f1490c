using System.IO.Hashing;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace EtlTracing.Pipeline.Summaries;

/// <summary>A quick hash for tables that compare the texts themselves: short texts, which most are, take a multiplication or two.</summary>
static class TextHash
{
    const ulong First = 0x9E3779B97F4A7C15, Second = 0xC2B2AE3D27D4EB4F;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong Of(ReadOnlySpan<byte> text)
    {
        ref var start = ref MemoryMarshal.GetReference(text);
        var length = text.Length;
        if (length is >= sizeof(ulong) and <= 2 * sizeof(ulong))
            return Mix(Unsafe.ReadUnaligned<ulong>(ref start), Unsafe.ReadUnaligned<ulong>(ref Unsafe.Add(ref start, length - sizeof(ulong))), length);
        if (length is >= sizeof(uint) and < sizeof(ulong))
            return Mix(Unsafe.ReadUnaligned<uint>(ref start), Unsafe.ReadUnaligned<uint>(ref Unsafe.Add(ref start, length - sizeof(uint))), length);
        return length == 0 ? 0 : length < sizeof(uint) ? Mix(start, (ulong)Unsafe.Add(ref start, length >> 1) << 8 | Unsafe.Add(ref start, length - 1), length) : XxHash3.HashToUInt64(text);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static ulong Mix(ulong head, ulong tail, int length)
    {
        var mixed = (head ^ (ulong)length * Second) * First ^ (tail << 32 | tail >> 32) * Second;
        return (mixed ^ mixed >> 29) * First ^ mixed >> 32;
    }
}
