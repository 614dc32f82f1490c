using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace EtlTracing.Pipeline.Reading;

/// <summary>
/// Finds the next comma, quotation mark or line end, 64 bytes at a look. The found positions of a look are kept as bits, so that asking for the
/// next one costs a shift; text that the caller skips (the inside of quotes) is never looked at.
/// </summary>
ref struct StructuralScanner(ReadOnlySpan<byte> padded, int end)
{
    const int Look = 64;

    readonly ref byte _text = ref MemoryMarshal.GetReference(padded);
    ulong _found;
    int _base = -Look;

    /// <summary>The first structural byte at or behind <paramref name="position"/>; the text's end when there is none.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public int Next(int position)
    {
        var found = 0UL;
        if (position - _base < Look) found = _found & (~0UL << (position - _base));
        return found != 0 ? Math.Min(_base + BitOperations.TrailingZeroCount(found), end) : Search(position);
    }

    int Search(int position)
    {
        if (position - _base < Look) position = _base + Look;
        for (; position < end; position += Look)
        {
            _base = position;
            _found = Structural(ref Unsafe.Add(ref _text, position)) | (ulong)Structural(ref Unsafe.Add(ref _text, position + 32)) << 32;
            if (_found != 0) return Math.Min(position + BitOperations.TrailingZeroCount(_found), end);
        }

        return end;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static uint Structural(ref byte text)
    {
        var bytes = Vector256.LoadUnsafe(ref text);
        return (Vector256.Equals(bytes, Vector256.Create((byte)','))
            | Vector256.Equals(bytes, Vector256.Create((byte)'"'))
            | Vector256.Equals(bytes, Vector256.Create((byte)'\n'))
            | Vector256.Equals(bytes, Vector256.Create((byte)'\r'))).ExtractMostSignificantBits();
    }
}
