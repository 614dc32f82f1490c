using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace EtlTracing.Pipeline.Summaries;

/// <summary>
/// A number for each of some whole numbers, 0 where there is none. Small ones, which is what prices and counts are, live in an array by their value; the
/// others in a dictionary.
/// </summary>
sealed class WholeNumberMap
{
    const int SmallKeys = 4096;

    /// <summary>What a dictionary takes for an entry, with some slots empty.</summary>
    const int EntryBytes = 40;

    readonly Dictionary<long, int> _large = [];
    int[] _small = [];

    public long Bytes => (long)_small.Length * sizeof(int) + (long)_large.Count * EntryBytes;

    /// <summary>Keys that have a number, the smallest first.</summary>
    public long[] Keys()
    {
        var count = _large.Count;
        foreach (var number in _small)
            if (number != 0) count++;
        var keys = new long[count];
        count = 0;
        for (var key = 0; key < _small.Length; key++)
            if (_small[key] != 0) keys[count++] = key;
        if (_large.Count == 0) return keys;
        _large.Keys.CopyTo(keys, count);
        Array.Sort(keys);
        return keys;
    }

    /// <summary>Adds the other's numbers to these.</summary>
    public void Add(WholeNumberMap other)
    {
        if (_small.Length < other._small.Length) Array.Resize(ref _small, other._small.Length);
        for (var key = 0; key < other._small.Length; key++) _small[key] += other._small[key];
        foreach (var (key, number) in other._large) CollectionsMarshal.GetValueRefOrAddDefault(_large, key, out _) += number;
    }

    /// <summary>The key's number, to read or to change.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public ref int At(long key)
    {
        if ((ulong)key < (ulong)_small.Length) return ref _small[key];
        return ref Elsewhere(key);
    }

    ref int Elsewhere(long key)
    {
        if ((ulong)key >= SmallKeys) return ref CollectionsMarshal.GetValueRefOrAddDefault(_large, key, out _);
        Array.Resize(ref _small, Math.Min(SmallKeys, ((int)key + 1) * 2));
        return ref _small[key];
    }
}
