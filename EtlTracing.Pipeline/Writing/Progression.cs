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
        page.AppendVarInt(BlockValues);
        page.AppendVarInt(MiniBlocks);
        page.AppendVarInt((ulong)count);
        page.AppendVarInt(ZigZag(first));
        for (var behind = count - 1; behind > 0; behind -= BlockValues)
        {
            page.AppendVarInt(ZigZag(distance));

            // No bits for what a value has beyond the smallest distance.
            page.Reserve(MiniBlocks)[..MiniBlocks].Clear();
            page.Advance(MiniBlocks);
        }
    }

    static ulong ZigZag(long value) => (ulong)(value << 1 ^ value >> 63);
}
