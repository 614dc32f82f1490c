using System.Runtime.CompilerServices;

namespace EtlTracing.Pipeline.Summaries;

/// <summary>Counts by key. A table made for this alone takes half the time of a dictionary, and there are four counts for each row.</summary>
sealed class KeyCounts
{
    const int FirstBits = 6, FirstSlots = 1 << FirstBits;

    int _shift = 64 - FirstBits;
    long[] _keys = new long[FirstSlots];
    long[] _counts = new long[FirstSlots];
    int _used;

    public long Bytes => (long)_keys.Length * 2 * sizeof(long);

    /// <summary>Adds to the key's count; what is added must be more than zero, which marks an empty slot.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Add(long key, long more)
    {
        var slot = Find(key);
        _counts[slot] += more;
        if (_counts[slot] == more) Use(slot, key);
    }

    public void Add(KeyCounts other)
    {
        for (var slot = 0; slot < other._keys.Length; slot++)
            if (other._counts[slot] != 0) Add(other._keys[slot], other._counts[slot]);
    }

    public long Of(long key) => _counts[Find(key)];

    /// <summary>The smallest first.</summary>
    public long[] Keys()
    {
        var keys = new long[_used];
        var count = 0;
        for (var slot = 0; slot < _keys.Length; slot++)
            if (_counts[slot] != 0) keys[count++] = _keys[slot];
        Array.Sort(keys);
        return keys;
    }

    public void Clear()
    {
        _keys = new long[FirstSlots];
        _counts = new long[FirstSlots];
        _shift = 64 - FirstBits;
        _used = 0;
    }

    /// <summary>The key's slot, or the empty one where it belongs.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    int Find(long key)
    {
        // Of a product the uppermost bits depend on all of the key's. Doubles that are whole numbers differ in their upper bits only.
        var keys = _keys;
        var slot = (int)((ulong)key * 0x9E3779B97F4A7C15 >> _shift);
        while (keys[slot] != key && _counts[slot] != 0) slot = (slot + 1) & (keys.Length - 1);
        return slot;
    }

    void Use(int slot, long key)
    {
        _keys[slot] = key;
        if (++_used * 2 <= _keys.Length) return;
        var (keys, counts) = (_keys, _counts);
        _keys = new long[keys.Length * 2];
        _counts = new long[keys.Length * 2];
        _shift--;
        _used = 0;
        for (var old = 0; old < keys.Length; old++)
            if (counts[old] != 0) Add(keys[old], counts[old]);
    }
}
