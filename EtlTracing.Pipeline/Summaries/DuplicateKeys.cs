using System.Runtime.CompilerServices;

namespace EtlTracing.Pipeline.Summaries;

/// <summary>
/// Finds keys that were there before, by 128-bit hashes. The hashes are divided into parts by their upper bits, each a table of its own, so that
/// growing one never holds two copies of the whole: at 16 bytes a slot five million keys take about 110 MB. A part that may not grow sends further keys
/// to disk with their rows, and which of those are duplicates is known in the end.
/// </summary>
public sealed class DuplicateKeys : IDisposable
{
    /// <summary>How many keys before its turn a key is worth <see cref="Prefetch"/>: a table of millions of keys is in no cache.</summary>
    public const int Ahead = 16;

    const int PartBits = 6;
    const int FirstSlots = 64;
    const int SlotBytes = 16;

    /// <summary>What a key costs while a spilled part is looked through.</summary>
    const int SetEntryBytes = 48;

    readonly MemoryBudget _budget;
    readonly string _spillFolder;
    readonly Part[] _parts;
    readonly NativeTable<Slot>? _first;
    long _held;

    /// <param name="budget">What the tables take from.</param>
    /// <param name="spillFolder">Where keys go for which it has nothing left.</param>
    /// <param name="expected">How many keys there will be, about, so that tables need not grow; 0 where nobody knows.</param>
    public DuplicateKeys(MemoryBudget budget, string spillFolder, long expected = 0)
    {
        (_budget, _spillFolder) = (budget, spillFolder);
        _held = BytesFor(expected);
        if (!budget.TryTake(_held)) expected = _held = 0;
        _parts = new Part[1 << PartBits];
        var slots = SlotsFor(expected);

        // As one they fill large pages, and a million keys are found in two thirds of the time.
        if (expected > 0 && slots * _parts.Length <= Array.MaxLength) _first = new NativeTable<Slot>((int)slots * _parts.Length);
        for (var part = 0; part < _parts.Length; part++)
            _parts[part] = new Part(_first?.Part(part * (int)slots, (int)slots) ?? new NativeTable<Slot>((int)slots));
    }

    /// <summary>Some keys went to disk.</summary>
    public bool Spilled { get; private set; }

    /// <summary>What tables for so many keys take beyond the smallest ones.</summary>
    public static long BytesFor(long keys) => (SlotsFor(keys) - FirstSlots) * SlotBytes << PartBits;

    /// <summary>Has the processor fetch the memory where the key belongs, and waits for nothing.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Prefetch(RowHash key)
    {
        var slots = PartOf(key).Slots;
        slots.Prefetch(Place(key.Low, slots.Length));
    }

    /// <summary>Adds a row's key; rows come in order. False when it is known to have been there before; a key that went to disk passes for new.</summary>
    public bool Add(RowHash key, long row)
    {
        var part = PartOf(key);
        var slot = new Slot(key);
        ref var found = ref Find(part.Slots.Items, slot);
        if (!found.IsEmpty) return false;
        if (part.Spilled is null && part.Used * 8L < part.Slots.Length * 7L) found = slot;
        else if (part.Spilled is null && TryGrow(part)) Find(part.Slots.Items, slot) = slot;
        else return Spill(part, key, row);
        part.Used++;
        return true;
    }

    /// <summary>Frees the tables and gives the rows whose keys went to disk and had been there before.</summary>
    public IEnumerable<long> Complete()
    {
        DisposeTables();
        _budget.GiveBack(_held);
        if (Spilled) return CompleteSpilled();
        Dispose();
        return [];
    }

    IEnumerable<long> CompleteSpilled()
    {
        foreach (var part in _parts)
        {
            if (part.Spilled is not { } spilled) continue;
            spilled.Flush();

            // A part that does not fit memory is looked through several times, each time for a share of its keys.
            var rounds = 1;
            while (!_budget.TryTake(spilled.Count / rounds * SetEntryBytes) && rounds < 1 << 10) rounds *= 2;
            for (var round = 0; round < rounds; round++)
            {
                var seen = new HashSet<UInt128>();
                foreach (var entry in spilled.ReadAll())
                    if (((ulong)entry.Key & (ulong)(rounds - 1)) == (ulong)round && !seen.Add(entry.Key)) yield return entry.Row;
            }

            _budget.GiveBack(spilled.Count / rounds * SetEntryBytes);
        }

        Dispose();
    }

    public void Dispose()
    {
        DisposeTables();
        foreach (var part in _parts) part.Spilled?.Dispose();
    }

    void DisposeTables()
    {
        foreach (var part in _parts) part.Slots.Dispose();
        _first?.Dispose();
    }

    /// <summary>A quarter of the slots stay empty.</summary>
    static long SlotsFor(long keys) => FirstSlots + (keys >> PartBits) * 4 / 3;

    bool Spill(Part part, RowHash key, long row)
    {
        Spilled = true;
        part.Spilled ??= new SpillFile<Entry>(_spillFolder);
        part.Spilled.Add(new Entry(key.Value, row));
        return true;
    }

    bool TryGrow(Part part)
    {
        var more = part.Slots.Length / 2;

        // Memory of the whole goes with it, not before.
        var taken = (part.Slots.IsPart ? part.Slots.Length + (long)more : more) * SlotBytes;
        if (!_budget.TryTake(taken)) return false;
        _held += taken;
        using var outgrown = part.Slots;
        part.Slots = new NativeTable<Slot>(outgrown.Length + more);
        foreach (ref readonly var slot in outgrown.Items)
            if (!slot.IsEmpty) Find(part.Slots.Items, slot) = slot;
        return true;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    Part PartOf(RowHash key) => _parts[(int)(key.High >> (64 - PartBits))];

    /// <summary>The key's slot, or the empty one where it belongs.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static ref Slot Find(Span<Slot> slots, Slot key)
    {
        for (var at = Place(key.Low, slots.Length); ; at = at + 1 == slots.Length ? 0 : at + 1)
        {
            ref var slot = ref slots[at];
            if (slot.IsEmpty || (slot.Low == key.Low && slot.High == key.High)) return ref slot;
        }
    }

    /// <summary>Multiplying takes the place of a division, so that tables need not double.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static int Place(ulong low, int slots) => (int)(((low & uint.MaxValue) * (ulong)slots) >> 32);

    sealed class Part(NativeTable<Slot> slots)
    {
        public NativeTable<Slot> Slots = slots;
        public int Used;
        public SpillFile<Entry>? Spilled;
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
