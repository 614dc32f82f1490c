namespace EtlTracing.Pipeline.Summaries;

/// <summary>Distinct values with their ranks on disk, sorted, and of each block the first value in memory.</summary>
sealed class SpilledRanks : IDisposable
{
    const int BlockEntries = 256;
    const int CachedBlocks = 64;

    readonly SpillFile<Ranked> _file;
    readonly List<RankEntry> _firsts = [];

    SpilledRanks(string folder) => _file = new SpillFile<Ranked>(folder);

    /// <summary>Takes entries in their order, equal ones next to each other.</summary>
    public static SpilledRanks Write(IEnumerable<RankEntry> sorted, string folder)
    {
        var ranks = new SpilledRanks(folder);
        RankEntry? before = null;
        var rank = 0;
        foreach (var entry in sorted)
        {
            if (entry == before) continue;
            rank = entry.Group == before?.Group ? rank + 1 : 1;
            if (ranks._file.Count % BlockEntries == 0) ranks._firsts.Add(entry);
            ranks._file.Add(new Ranked(entry, rank));
            before = entry;
        }

        ranks._file.Flush();
        return ranks;
    }

    public Cursor OpenCursor() => new(this);

    public void Dispose() => _file.Dispose();

    /// <summary>One thread's view, with the blocks that it looked at last.</summary>
    public sealed class Cursor(SpilledRanks ranks)
    {
        readonly (int Block, Ranked[] Entries)[] _cache = new (int, Ranked[])[CachedBlocks];

        public int RankOf(RankEntry entry)
        {
            var block = ranks._firsts.BinarySearch(entry);
            if (block < 0) block = ~block - 1;
            ref var slot = ref _cache[block % CachedBlocks];
            if (slot.Entries is null || slot.Block != block)
            {
                var entries = new Ranked[BlockEntries];
                var read = ranks._file.Read((long)block * BlockEntries, entries);
                slot = (block, entries[..read]);
            }

            var found = Array.BinarySearch(slot.Entries, new Ranked(entry, 0));
            return found >= 0 ? slot.Entries[found].Rank : throw new InvalidOperationException($"value {entry.Value} was not seen when ranks were made");
        }
    }

    public readonly record struct Ranked(RankEntry Entry, int Rank) : IComparable<Ranked>
    {
        public int CompareTo(Ranked other) => Entry.CompareTo(other.Entry);
    }
}
