using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics.X86;

namespace EtlTracing.Pipeline.Summaries;

/// <summary>
/// Finds keys that were there before, by 128-bit hashes. The hashes are divided into parts by their upper bits, each a table of its own, so that
/// growing one never holds two copies of the whole: at 16 bytes a slot five million keys take about 110 MB. A part that may not grow sends further keys
/// to disk with their rows, and which of those are duplicates is known in the end.
/// </summary>
public sealed class DuplicateKeys(MemoryBudget budget, string spillFolder) : IDisposable
{
    /// <summary>How many keys before its turn a key is worth <see cref="Prefetch"/>: a table of millions of keys is in no cache.</summary>
    public const int Ahead = 16;

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

    /// <summary>Has the processor fetch the memory where the key belongs, and waits for nothing.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public unsafe void Prefetch(RowHash key)
    {
        var slots = PartOf(key).Slots;

        // Should the collector move the table now, then a fetch was wasted.
        if (Sse.IsSupported) Sse.Prefetch0(Unsafe.AsPointer(ref slots[Place(key.Low, slots.Length)]));
    }

    /// <summary>Adds a row's key; rows come in order. False when it is known to have been there before; a key that went to disk passes for new.</summary>
    public bool Add(RowHash key, long row)
    {
        var part = PartOf(key);
        var slots = part.Slots;
        var slot = new Slot(key);
        if (!TryFindFree(slots, slot, out var at)) return false;
        if (part.Spill is not null || (part.Used * 8L >= part.Slots.Length * 7L && !TryGrow(part)))
        {
            Spill(part, key, row);
            return true;
        }

        if (part.Slots != slots) TryFindFree(part.Slots, slot, out at);
        part.Slots[at] = slot;
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

    void Spill(Part part, RowHash key, long row)
    {
        Spilled = true;
        part.Spill ??= new SpillFile<Entry>(spillFolder);
        part.Spill.Add(new Entry(key.Value, row));
    }

    bool TryGrow(Part part)
    {
        var slots = part.Slots;
        var more = slots.Length / 2;
        if (!budget.TryTake((long)more * SlotBytes)) return false;
        _held += (long)more * SlotBytes;
        var grown = new Slot[slots.Length + more];
        foreach (var slot in slots)
        {
            if (slot.IsEmpty) continue;
            TryFindFree(grown, slot, out var at);
            grown[at] = slot;
        }

        part.Slots = grown;
        return true;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    Part PartOf(RowHash key) => _parts[(int)(key.High >> (64 - PartBits))];

    /// <summary>Where the key may be put; false where it is there already.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static bool TryFindFree(Slot[] slots, Slot key, out int at)
    {
        for (at = Place(key.Low, slots.Length); !slots[at].IsEmpty; at = at + 1 == slots.Length ? 0 : at + 1)
            if (slots[at].Low == key.Low && slots[at].High == key.High) return false;
        return true;
    }

    /// <summary>Multiplying takes the place of a division, so that tables need not double.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static int Place(ulong low, int slots) => (int)(((low & uint.MaxValue) * (ulong)slots) >> 32);

    sealed class Part
    {
        public Slot[] Slots = new Slot[FirstSlots];
        public int Used;
        public SpillFile<Entry>? Spill;
    }

    /// <summary>
    /// A key's halves, which compare faster than a UInt128 and are compiled ahead, which that is not. An empty slot is marked by a lower half of zero, so
    /// keys have one in its place.
    /// </summary>
    readonly struct Slot(RowHash key)
    {
        public readonly ulong Low = Math.Max(key.Low, 1), High = key.High;

        public bool IsEmpty => Low == 0;
    }

    readonly record struct Entry(UInt128 Key, long Row);
}
