namespace EtlTracing.Pipeline.Summaries;

/// <summary>
/// Distinct whole numbers and then their ranks. Small ones, which is what prices and counts are, live in an array by their value; the others in a
/// dictionary.
/// </summary>
sealed class RankedValues
{
    const int SmallValues = 4096;

    readonly Dictionary<long, int> _large = [];
    int[] _small = [];

    public IEnumerable<long> All => _large.Keys.Concat(Enumerable.Range(0, _small.Length).Where(value => _small[value] != 0).Select(value => (long)value));

    public void Add(long value)
    {
        if ((ulong)value >= SmallValues)
        {
            _large[value] = 1;
            return;
        }

        if (value >= _small.Length) Array.Resize(ref _small, Math.Min(SmallValues, ((int)value + 1) * 2));
        _small[value] = 1;
    }

    /// <summary>Numbers the values from 1, the largest first.</summary>
    public void Rank()
    {
        var rank = 0;
        foreach (var value in All.OrderDescending().ToArray())
        {
            rank++;
            if ((ulong)value < SmallValues) _small[value] = rank;
            else _large[value] = rank;
        }
    }

    public int RankOf(long value) => (ulong)value < SmallValues ? _small[value] : _large[value];
}
