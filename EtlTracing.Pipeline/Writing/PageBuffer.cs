using System.Buffers.Binary;
using System.Runtime.CompilerServices;

namespace EtlTracing.Pipeline.Writing;

/// <summary>Bytes that grow at the end and are used again for the next row group, so that encoding allocates nothing in the long run.</summary>
sealed class PageBuffer
{
    byte[] _bytes = new byte[64 << 10];

    public int Length { get; private set; }

    public ReadOnlySpan<byte> Written => _bytes.AsSpan(0, Length);

    public void Clear() => Length = 0;

    public ReadOnlyMemory<byte> Slice(int start, int length) => _bytes.AsMemory(start, length);

    /// <summary>Room behind what is written; <see cref="Advance"/> says how much of it was used.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public Span<byte> Reserve(int bytes)
    {
        if (_bytes.Length - Length < bytes) Grow(bytes);
        return _bytes.AsSpan(Length);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Advance(int bytes) => Length += bytes;

    public void Append(ReadOnlySpan<byte> bytes)
    {
        bytes.CopyTo(Reserve(bytes.Length));
        Length += bytes.Length;
    }

    /// <summary>Length in four bytes and text, as plain pages and dictionaries have it.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void AppendText(ReadOnlySpan<byte> text)
    {
        var room = Reserve(sizeof(int) + text.Length);
        BinaryPrimitives.WriteInt32LittleEndian(room, text.Length);
        text.CopyTo(room[sizeof(int)..]);
        Length += sizeof(int) + text.Length;
    }

    /// <summary>Seven bits a byte, the lowest first; the highest bit says that more follow.</summary>
    public void AppendVarInt(ulong value)
    {
        const int Longest = 10;
        var room = Reserve(Longest);
        var length = 0;
        for (; value > 0x7F; value >>= 7) room[length++] = (byte)(value | 0x80);
        room[length++] = (byte)value;
        Length += length;
    }

    void Grow(int bytes) => Array.Resize(ref _bytes, Math.Max(_bytes.Length + _bytes.Length / 2, Length + bytes));
}
