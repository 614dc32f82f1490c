using System.Buffers.Binary;
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

    /// <summary>
    /// The first eight bytes and the next eight of a text among others, zeroes behind its end; false, and zeroes, for a longer one. Lengths of texts that come one
    /// after another vary, so none but the longer ones and the last ones are a branch.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool TryRead(ReadOnlySpan<byte> texts, int start, int length, out ulong first, out ulong next)
    {
        first = next = 0;
        if (length > 2 * sizeof(ulong)) return false;
        if (texts.Length - start < 2 * sizeof(ulong))
        {
            ReadLast(texts.Slice(start, length), out first, out next);
            return true;
        }

        ref var text = ref Unsafe.Add(ref MemoryMarshal.GetReference(texts), start);
        first = Unsafe.ReadUnaligned<ulong>(ref text) & Bytes(Math.Min(length, sizeof(ulong)));
        next = Unsafe.ReadUnaligned<ulong>(ref Unsafe.Add(ref text, sizeof(ulong))) & Bytes(Math.Max(length - sizeof(ulong), 0));
        return true;
    }

    static void ReadLast(ReadOnlySpan<byte> text, out ulong first, out ulong next)
    {
        Span<byte> padded = stackalloc byte[2 * sizeof(ulong)];
        padded.Clear();
        text.CopyTo(padded);
        first = BinaryPrimitives.ReadUInt64LittleEndian(padded);
        next = BinaryPrimitives.ReadUInt64LittleEndian(padded[sizeof(ulong)..]);
    }

    /// <summary>The lowest bytes, none to eight: shifted twice, because 64 bits at once would be none.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static ulong Bytes(int count) => ~(ulong.MaxValue << (count * 4) << (count * 4));
}
