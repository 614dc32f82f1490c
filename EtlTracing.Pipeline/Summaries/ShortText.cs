using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace EtlTracing.Pipeline.Summaries;

/// <summary>Texts of up to 16 bytes, which most are, as two words: with the length they say all, so comparing and hashing need no loop over bytes.</summary>
static class ShortText
{
    /// <summary>The first bytes and the last, which may be some of the same; false, and zeroes, for a longer text.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool TryRead(ReadOnlySpan<byte> text, out ulong head, out ulong tail)
    {
        ref var start = ref MemoryMarshal.GetReference(text);
        var length = text.Length;
        head = tail = 0;
        if (length > 2 * sizeof(ulong)) return false;
        if (length >= sizeof(ulong))
        {
            head = Unsafe.ReadUnaligned<ulong>(ref start);
            tail = Unsafe.ReadUnaligned<ulong>(ref Unsafe.Add(ref start, length - sizeof(ulong)));
        }
        else if (length >= sizeof(uint))
        {
            head = Unsafe.ReadUnaligned<uint>(ref start);
            tail = Unsafe.ReadUnaligned<uint>(ref Unsafe.Add(ref start, length - sizeof(uint)));
        }
        else if (length > 0)
        {
            head = (uint)start << 16 | (uint)Unsafe.Add(ref start, length >> 1) << 8 | Unsafe.Add(ref start, length - 1);
        }

        return true;
    }
}
