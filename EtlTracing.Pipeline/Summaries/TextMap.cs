namespace EtlTracing.Pipeline.Summaries;

/// <summary>Something for each of some texts, found by the bytes of a batch without making a string of them.</summary>
sealed class TextMap<T>
    where T : class, new()
{
    readonly Dictionary<Utf8Key, T> _entries = new(Utf8Key.Comparer);
    readonly Dictionary<Utf8Key, T>.AlternateLookup<ReadOnlySpan<byte>> _lookup;

    public TextMap() => _lookup = _entries.GetAlternateLookup<ReadOnlySpan<byte>>();

    public IReadOnlyDictionary<Utf8Key, T> Entries => _entries;

    public T Of(ReadOnlySpan<byte> text)
    {
        if (!_lookup.TryGetValue(text, out var found)) _lookup[text] = found = new T();
        return found;
    }

    public void Clear() => _entries.Clear();
}
