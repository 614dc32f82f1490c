using System.Collections.Concurrent;
using System.Runtime.InteropServices;

namespace EtlTracing.Pipeline.Summaries;

/// <summary>How often each value occurs, by keys that sort as the values do. Each thread counts apart; counts are added up in the end.</summary>
public sealed class ValueCounts
{
    readonly ConcurrentBag<Dictionary<long, long>> _parts = [];

    /// <summary>A counter that no other thread has until it is given back.</summary>
    public Dictionary<long, long> Take() => _parts.TryTake(out var counts) ? counts : [];

    public void GiveBack(Dictionary<long, long> counts) => _parts.Add(counts);

    public void Clear() => _parts.Clear();

    public static void Count(Dictionary<long, long> counts, long key) => CollectionsMarshal.GetValueRefOrAddDefault(counts, key, out _)++;

    /// <summary>The two keys in the middle, which are one for an odd number of values; null when there are none.</summary>
    public (long Lower, long Upper)? Middle()
    {
        var all = new Dictionary<long, long>();
        foreach (var part in _parts)
            foreach (var (key, count) in part) CollectionsMarshal.GetValueRefOrAddDefault(all, key, out _) += count;
        if (all.Count == 0) return null;
        var sorted = all.OrderBy(entry => entry.Key).ToArray();
        var values = sorted.Sum(entry => entry.Value);
        return (At(sorted, (values - 1) / 2), At(sorted, values / 2));
    }

    static long At(KeyValuePair<long, long>[] sorted, long index)
    {
        foreach (var (key, count) in sorted)
        {
            if (index < count) return key;
            index -= count;
        }

        throw new ArgumentOutOfRangeException(nameof(index));
    }
}

/// <summary>Integers that sort as doubles do.</summary>
public static class SortableKey
{
    public static long Of(double number)
    {
        var bits = BitConverter.DoubleToInt64Bits(number + 0.0);
        return bits < 0 ? bits ^ long.MaxValue : bits;
    }

    public static double ToDouble(long key) => BitConverter.Int64BitsToDouble(key < 0 ? key ^ long.MaxValue : key);
}
