namespace EtlTracing.Pipeline.Summaries;

/// <summary>
/// Finds keys that were there before, by 128-bit hashes. The hashes are divided into parts by their upper bits, each a table of its own, so that
/// growing one never holds two copies of the whole: at 16 bytes a slot five million keys take about 110 MB. A part that may not grow sends further keys
/// to disk with their rows, and which of those are duplicates is known in the end.
/// </summary>
public sealed class DuplicateKeys(MemoryBudget budget, string spillFolder) : IDisposable
{
    const int PartBits = 6;
    const int FirstSlots = 64;
    const int SlotBytes = 16;

    /// <summary>What a key costs while a spilled part is looked through.</summary>
    const int SetEntryBytes = 48;

    readonly Part[] _parts = [.. Enumerable.Range(0, 1 << PartBits).Select(_ => new Part())];
    long _held;

    /// <summary>Some keys went to disk.</summary>
    public bool Spilled { get; private set; }

    /// <summary>What the tables of so many keys take.</summary>
    public static long BytesFor(long keys)
    {
        long slots = FirstSlots;
        while (slots * 7 < (keys >> PartBits) * 8) slots += slots / 2;
        return slots * SlotBytes << PartBits;
    }

    /// <summary>Adds a row's key; rows come in order. False when it is known to have been there before; a key that went to disk passes for new.</summary>
    public bool Add(UInt128 key, long row)
    {
        // Zero marks an empty slot.
        if (key == 0) key = 1;
        var part = _parts[(int)((ulong)(key >> 64) >> (64 - PartBits))];
        var slots = part.Slots;
        var at = Place(key, slots.Length);
        while (slots[at] != 0)
        {
            if (slots[at] == key) return false;
            if (++at == slots.Length) at = 0;
        }

        if (part.Spill is not null || (part.Used * 8L >= slots.Length * 7L && !TryGrow(part)))
        {
            Spilled = true;
            part.Spill ??= new SpillFile<Entry>(spillFolder);
            part.Spill.Add(new Entry(key, row));
            return true;
        }

        if (part.Slots != slots)
        {
            at = Place(key, part.Slots.Length);
            while (part.Slots[at] != 0)
                if (++at == part.Slots.Length) at = 0;
        }

        part.Slots[at] = key;
        part.Used++;
        return true;
    }

    /// <summary>Frees the tables and gives the rows whose keys went to disk and had been there before.</summary>
    public IEnumerable<long> Complete()
    {
        foreach (var part in _parts) part.Slots = [];
        budget.GiveBack(_held);
        foreach (var part in _parts)
        {
            if (part.Spill is not { } spill) continue;
            spill.Flush();

            // A part that does not fit memory is looked through several times, each time for a share of its keys.
            var rounds = 1;
            while (!budget.TryTake(spill.Count / rounds * SetEntryBytes) && rounds < 1 << 10) rounds *= 2;
            for (var round = 0; round < rounds; round++)
            {
                var seen = new HashSet<UInt128>();
                foreach (var entry in spill.ReadAll())
                    if (((ulong)entry.Key & (ulong)(rounds - 1)) == (ulong)round && !seen.Add(entry.Key)) yield return entry.Row;
            }

            budget.GiveBack(spill.Count / rounds * SetEntryBytes);
        }

        Dispose();
    }

    public void Dispose()
    {
        foreach (var part in _parts) part.Spill?.Dispose();
    }

    bool TryGrow(Part part)
    {
        var slots = part.Slots;
        var more = slots.Length / 2;
        if (!budget.TryTake((long)more * SlotBytes)) return false;
        _held += (long)more * SlotBytes;
        var grown = new UInt128[slots.Length + more];
        foreach (var key in slots)
        {
            if (key == 0) continue;
            var at = Place(key, grown.Length);
            while (grown[at] != 0)
                if (++at == grown.Length) at = 0;
            grown[at] = key;
        }

        part.Slots = grown;
        return true;
    }

    /// <summary>Multiplying takes the place of a division, so that tables need not double.</summary>
    static int Place(UInt128 key, int slots) => (int)(((ulong)(uint)(ulong)key * (ulong)slots) >> 32);

    sealed class Part
    {
        public UInt128[] Slots = new UInt128[FirstSlots];
        public int Used;
        public SpillFile<Entry>? Spill;
    }

    readonly record struct Entry(UInt128 Key, long Row);
}
