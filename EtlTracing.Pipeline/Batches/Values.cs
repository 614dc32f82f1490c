using System.Runtime.CompilerServices;

namespace EtlTracing.Pipeline.Batches;

/// <summary>A fixed-width column's values with its Arrow validity bits: the frame's own memory, not a copy.</summary>
public readonly ref struct Values<T>(ReadOnlySpan<T> items, ReadOnlySpan<byte> valid)
    where T : unmanaged
{
    public ReadOnlySpan<T> Items { get; } = items;

    public ReadOnlySpan<byte> Valid { get; } = valid;

    public int Length => Items.Length;

    public T this[int row] => Items[row];

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool IsNull(int row) => !Bits.Get(Valid, row);

    /// <summary>The two apart: what loops hold in registers.</summary>
    public void Deconstruct(out ReadOnlySpan<T> items, out ReadOnlySpan<byte> valid)
    {
        items = Items;
        valid = Valid;
    }
}

/// <summary>A text column's UTF-8 values: the frame's own memory, not a copy.</summary>
public readonly ref struct Texts(ReadOnlySpan<byte> bytes, ReadOnlySpan<int> offsets, ReadOnlySpan<byte> valid)
{
    public ReadOnlySpan<byte> Bytes { get; } = bytes;

    /// <summary>Where each value starts, and behind the last one where it ends.</summary>
    public ReadOnlySpan<int> Offsets { get; } = offsets;

    public ReadOnlySpan<byte> Valid { get; } = valid;

    public int Length => Offsets.Length - 1;

    public ReadOnlySpan<byte> this[int row] => Bytes[Offsets[row]..Offsets[row + 1]];

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool IsNull(int row) => !Bits.Get(Valid, row);
}

/// <summary>Arrow's bitmaps: one bit a row, least significant first, 1 = has a value.</summary>
static class Bits
{
    public static int Bytes(int rows) => (rows + 7) >> 3;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool Get(ReadOnlySpan<byte> bits, int row) => (bits[row >> 3] >> (row & 7) & 1) != 0;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Clear(Span<byte> bits, int row) => bits[row >> 3] &= (byte)~(1 << (row & 7));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Set(Span<byte> bits, int row) => bits[row >> 3] |= (byte)(1 << (row & 7));

    /// <summary>The batch's bits the other way round, in its memory.</summary>
    public static byte[] Not(Batch batch, ReadOnlySpan<byte> bits)
    {
        var memory = batch.Rent(Bytes(batch.Rows));
        for (var index = 0; index < Bytes(batch.Rows); index++) memory[index] = (byte)~bits[index];
        return memory;
    }

    /// <summary>Leaves those bits of the first rows set that the others have set as well.</summary>
    public static void And(Span<byte> bits, ReadOnlySpan<byte> others, int rows)
    {
        for (var index = 0; index < Bytes(rows); index++) bits[index] &= others[index];
    }

    /// <summary>How many of the first <paramref name="rows"/> rows have no value.</summary>
    public static int CountNulls(ReadOnlySpan<byte> bits, int rows)
    {
        var set = 0;
        for (var index = 0; index < rows >> 3; index++) set += int.PopCount(bits[index]);
        if ((rows & 7) != 0) set += int.PopCount(bits[rows >> 3] & ((1 << (rows & 7)) - 1));
        return rows - set;
    }
}
