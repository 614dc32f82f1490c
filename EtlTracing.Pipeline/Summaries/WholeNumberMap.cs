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

    public IEnumerable<(long Key, int Value)> Entries => Enumerable.Range(0, _small.Length)
        .Where(key => _small[key] != 0)
        .Select(key => ((long)key, _small[key]))
        .Concat(_large.Select(entry => (entry.Key, entry.Value)));

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
