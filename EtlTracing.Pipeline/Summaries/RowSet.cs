using System.Numerics;

namespace EtlTracing.Pipeline.Summaries;

/// <summary>Row numbers, a bit each: two megabytes for sixteen million rows.</summary>
public sealed class RowSet
{
    ulong[] _bits = new ulong[1024];

    public void Add(long row)
    {
        if (row >> 6 >= _bits.Length) Array.Resize(ref _bits, (int)Math.Max(_bits.Length * 2L, (row >> 6) + 1));
        _bits[row >> 6] |= 1UL << (int)(row & 63);
    }

    /// <summary>The first of the rows from <paramref name="row"/> on; <see cref="long.MaxValue"/> where there is none.</summary>
    public long Next(long row)
    {
        for (var word = row >> 6; word < _bits.Length; word++)
        {
            var left = _bits[word] & (word == row >> 6 ? ulong.MaxValue << (int)(row & 63) : ulong.MaxValue);
            if (left != 0) return (word << 6) + BitOperations.TrailingZeroCount(left);
        }

        return long.MaxValue;
    }
}
