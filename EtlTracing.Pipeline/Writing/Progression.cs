namespace EtlTracing.Pipeline.Writing;

/// <summary>
/// Whole numbers at equal distances, which is what row numbers are, in Parquet's DELTA_BINARY_PACKED: where all distances are the smallest one nothing is left
/// to pack (github.com/apache/parquet-format/blob/master/Encodings.md#delta-encoding-delta_binary_packed--5).
/// </summary>
static class Progression
{
    const int BlockValues = 128, MiniBlocks = 4;

    /// <summary>Whether there are some, each as far from the one before it as all others. Values that are all the same are better off in a dictionary.</summary>
    public static bool Is(ReadOnlySpan<long> values)
    {
        if (values.Length < BlockValues || values[0] == values[1]) return false;
        var distance = unchecked(values[1] - values[0]);
        for (var index = 2; index < values.Length; index++)
            if (unchecked(values[index] - values[index - 1]) != distance) return false;
        return true;
    }

    /// <summary>Writes them over what is there.</summary>
    public static void Write(PageBuffer page, long first, long distance, int count)
    {
        page.Clear();
        VarInt(page, BlockValues);
        VarInt(page, MiniBlocks);
        VarInt(page, (ulong)count);
        VarInt(page, ZigZag(first));
        for (var behind = count - 1; behind > 0; behind -= BlockValues)
        {
            VarInt(page, ZigZag(distance));

            // No bits for what a value has beyond the smallest distance.
            page.Reserve(MiniBlocks)[..MiniBlocks].Clear();
            page.Advance(MiniBlocks);
        }
    }

    static ulong ZigZag(long value) => (ulong)(value << 1 ^ value >> 63);

    static void VarInt(PageBuffer page, ulong value)
    {
        const int Longest = 10;
        var room = page.Reserve(Longest);
        var length = 0;
        for (; value > 0x7F; value >>= 7) room[length++] = (byte)(value | 0x80);
        room[length++] = (byte)value;
        page.Advance(length);
    }
}
