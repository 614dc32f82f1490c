namespace EtlTracing.Pipeline.Summaries;

/// <summary>
/// 128-bit hashes of keys seen so far. Parts are tables of their own, so that growing one never holds two copies of the whole: at 16 bytes a slot
/// and at most seven slots of eight full, five million keys take about 100 MB.
/// </summary>
public sealed class DuplicateKeys
{
    const int PartBits = 6;
    const int FirstSlots = 64;

    readonly UInt128[][] _parts = new UInt128[1 << PartBits][];
    readonly int[] _used = new int[1 << PartBits];

    public DuplicateKeys()
    {
        for (var part = 0; part < _parts.Length; part++) _parts[part] = new UInt128[FirstSlots];
    }

    public long Bytes => _parts.Sum(part => part.Length * 16L);

    /// <summary>False when the key was there already.</summary>
    public bool Add(UInt128 key)
    {
        // Zero marks an empty slot.
        if (key == 0) key = 1;
        var part = (int)((ulong)(key >> 64) >> (64 - PartBits));
        var slots = _parts[part];
        var at = Place(key, slots.Length);
        while (slots[at] != 0)
        {
            if (slots[at] == key) return false;
            if (++at == slots.Length) at = 0;
        }

        slots[at] = key;
        if (++_used[part] * 8L > slots.Length * 7L) _parts[part] = Grow(slots);
        return true;
    }

    /// <summary>Multiplying takes the hash's upper bits, so that tables need not double.</summary>
    static int Place(UInt128 key, int slots) => (int)(((ulong)(uint)key * (ulong)slots) >> 32);

    static UInt128[] Grow(UInt128[] slots)
    {
        var grown = new UInt128[slots.Length + slots.Length / 2];
        foreach (var key in slots)
        {
            if (key == 0) continue;
            var at = Place(key, grown.Length);
            while (grown[at] != 0)
                if (++at == grown.Length) at = 0;
            grown[at] = key;
        }

        return grown;
    }
}
