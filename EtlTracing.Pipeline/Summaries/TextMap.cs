namespace EtlTracing.Pipeline.Summaries;

/// <summary>Something for each of some texts, found by the bytes of a batch without making a string of them.</summary>
sealed class TextMap<T>
    where T : class, new()
{
    const int FirstSlots = 64;

    readonly List<TextEntry<T>> _entries = [];
    int[] _slots = new int[FirstSlots];

    /// <summary>In the order in which they came.</summary>
    public IReadOnlyList<TextEntry<T>> Entries => _entries;

    public T Of(ReadOnlySpan<byte> text)
    {
        var hash = TextHash.Of(text);
        var mask = _slots.Length - 1;
        for (var slot = (int)hash & mask; ; slot = (slot + 1) & mask)
        {
            var found = _slots[slot] - 1;
            if (found < 0) return Add(new TextEntry<T>(hash, text.ToArray(), new T()), slot);
            var entry = _entries[found];
            if (entry.Hash == hash && text.SequenceEqual(entry.Text)) return entry.Value;
        }
    }

    public void Clear()
    {
        _entries.Clear();
        _slots = new int[FirstSlots];
    }

    T Add(TextEntry<T> entry, int slot)
    {
        _entries.Add(entry);
        _slots[slot] = _entries.Count;
        if (_entries.Count * 2 > _slots.Length) Grow();
        return entry.Value;
    }

    void Grow()
    {
        _slots = new int[_slots.Length * 2];
        var mask = _slots.Length - 1;
        for (var index = 0; index < _entries.Count; index++)
        {
            var slot = (int)_entries[index].Hash & mask;
            while (_slots[slot] != 0) slot = (slot + 1) & mask;
            _slots[slot] = index + 1;
        }
    }
}

/// <summary>A text and what belongs to it.</summary>
sealed class TextEntry<T>(ulong hash, byte[] text, T value)
{
    public ulong Hash => hash;

    public byte[] Text => text;

    public T Value => value;
}
