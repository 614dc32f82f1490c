using System.IO.Hashing;
using System.Numerics;
using System.Runtime.CompilerServices;
using EtlTracing.Pipeline.Summaries;

namespace EtlTracing.Pipeline.Writing;

/// <summary>
/// Numbers the distinct texts of a column in the order they come, and lays them down as a dictionary page wants them. Most columns have few and short
/// texts: those are compared as two words, and the table begins so small that clearing it costs nothing.
/// </summary>
sealed class TextDictionary
{
    const int FirstSlots = 1 << 8;

    readonly PageBuffer _page = new();
    Entry[] _entries = new Entry[FirstSlots / 2];
    int[] _slots = new int[FirstSlots];
    int _mask = FirstSlots - 1;

    public int Count { get; private set; }

    /// <summary>Length in four bytes and text, for each.</summary>
    public ReadOnlySpan<byte> Page => _page.Written;

    public void Clear()
    {
        _page.Clear();
        _mask = FirstSlots - 1;
        _slots.AsSpan(0, FirstSlots).Clear();
        Count = 0;
    }

    /// <summary>The number of a text among others, from 0.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public int Add(ReadOnlySpan<byte> texts, int start, int length)
    {
        var isShort = ShortText.TryRead(texts, start, length, out var head, out var tail);
        if (!isShort) head = XxHash3.HashToUInt64(texts.Slice(start, length));
        var slot = Place(head, tail, length);
        while (true)
        {
            var number = _slots[slot] - 1;
            if (number < 0) return Append(texts.Slice(start, length), head, tail, slot);
            ref var entry = ref _entries[number];
            if (entry.Head == head && entry.Tail == tail && entry.Length == length && (isShort || texts.Slice(start, length).SequenceEqual(Text(entry)))) return number;
            slot = (slot + 1) & _mask;
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    int Place(ulong head, ulong tail, int length) => (int)TextHash.Mix(head, tail, length) & _mask;

    ReadOnlySpan<byte> Text(Entry entry) => _page.Written.Slice(entry.Start, entry.Length);

    int Append(ReadOnlySpan<byte> text, ulong head, ulong tail, int slot)
    {
        _entries[Count] = new Entry(head, tail, text.Length, _page.Length + sizeof(int));
        _slots[slot] = Count + 1;
        _page.AppendText(text);
        var number = Count++;
        if (Count == _entries.Length || Count * 2 > _mask) Grow();
        return number;
    }

    /// <summary>Half of the slots stay empty.</summary>
    void Grow()
    {
        _mask = (int)BitOperations.RoundUpToPowerOf2((uint)Count * 4) - 1;
        if (_entries.Length <= _mask / 2) Array.Resize(ref _entries, (_mask + 1) / 2);
        if (_slots.Length <= _mask) _slots = new int[_mask + 1];
        else _slots.AsSpan(0, _mask + 1).Clear();
        for (var number = 0; number < Count; number++)
        {
            ref var entry = ref _entries[number];
            var slot = Place(entry.Head, entry.Tail, entry.Length);
            while (_slots[slot] != 0) slot = (slot + 1) & _mask;
            _slots[slot] = number + 1;
        }
    }

    /// <summary>A text's place in the page; head and tail are those of a <see cref="ShortText"/>, the head of a long one is its hash.</summary>
    readonly record struct Entry(ulong Head, ulong Tail, int Length, int Start);
}
