using System.IO.Hashing;
using System.Runtime.CompilerServices;

namespace EtlTracing.Pipeline.Summaries;

/// <summary>A quick hash for tables that compare the texts themselves: short texts, which most are, take a multiplication or two.</summary>
static class TextHash
{
    const ulong First = 0x9E3779B97F4A7C15, Second = 0xC2B2AE3D27D4EB4F;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong Of(ReadOnlySpan<byte> text) =>
        ShortText.TryRead(text, out var head, out var tail) ? Mix(head, tail, text.Length) : XxHash3.HashToUInt64(text);

    /// <summary>The hash of a <see cref="ShortText"/>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong Mix(ulong head, ulong tail, int length)
    {
        var mixed = (head ^ (ulong)length * Second) * First ^ (tail << 32 | tail >> 32) * Second;
        return (mixed ^ mixed >> 29) * First ^ mixed >> 32;
    }
}
