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

    public bool Contains(long row) => row >> 6 < _bits.Length && (_bits[row >> 6] >> (int)(row & 63) & 1) != 0;
}
