using System.Buffers.Binary;
using EtlTracing.Pipeline.Summaries;

namespace EtlTracing.Pipeline.Writing;

/// <summary>Numbers the distinct texts of a column in the order they come, and lays them down as a dictionary page wants them.</summary>
sealed class TextDictionary
{
    const int Empty = 0;

    readonly PageBuffer _page = new();
    int[] _slots = new int[1 << 12];
    ulong[] _hashes = new ulong[1 << 11];
    int[] _starts = new int[1 << 11];

    public int Count { get; private set; }

    /// <summary>Length in four bytes and text, for each.</summary>
    public ReadOnlySpan<byte> Page => _page.Written;

    public void Clear()
    {
        _page.Clear();
        Array.Clear(_slots);
        Count = 0;
    }

    /// <summary>The text's number, from 0.</summary>
    public int Add(ReadOnlySpan<byte> text)
    {
        var hash = TextHash.Of(text);
        var mask = _slots.Length - 1;
        for (var slot = (int)hash & mask; ; slot = (slot + 1) & mask)
        {
            var found = _slots[slot] - 1;
            if (found < Empty)
            {
                _slots[slot] = Count + 1;
                return Append(text, hash);
            }

            if (_hashes[found] == hash && text.SequenceEqual(Text(found))) return found;
        }
    }

    ReadOnlySpan<byte> Text(int number)
    {
        var start = _starts[number];
        var length = BinaryPrimitives.ReadInt32LittleEndian(_page.Written[start..]);
        return _page.Written.Slice(start + sizeof(int), length);
    }

    int Append(ReadOnlySpan<byte> text, ulong hash)
    {
        _hashes[Count] = hash;
        _starts[Count] = _page.Length;
        var room = _page.Reserve(sizeof(int) + text.Length);
        BinaryPrimitives.WriteInt32LittleEndian(room, text.Length);
        text.CopyTo(room[sizeof(int)..]);
        _page.Advance(sizeof(int) + text.Length);
        var number = Count++;
        if (Count == _hashes.Length) Grow();
        return number;
    }

    /// <summary>Half of the slots stay empty.</summary>
    void Grow()
    {
        Array.Resize(ref _hashes, _hashes.Length * 2);
        Array.Resize(ref _starts, _starts.Length * 2);
        _slots = new int[_slots.Length * 2];
        var mask = _slots.Length - 1;
        for (var number = 0; number < Count; number++)
        {
            var slot = (int)_hashes[number] & mask;
            while (_slots[slot] != Empty) slot = (slot + 1) & mask;
            _slots[slot] = number + 1;
        }
    }
}
