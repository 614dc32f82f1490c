using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace EtlTracing.Pipeline.Writing;

/// <summary>Numbers the distinct values of a column in the order they come. The number 0 is left for the value that is not known yet.</summary>
sealed class OpenDictionary<T>
    where T : unmanaged
{
    const int FirstBits = 10;

    int _shift = 64 - FirstBits;
    int[] _slots = new int[1 << FirstBits];
    long[] _keys = new long[1 << (FirstBits - 1)];
    T[] _values = new T[1 << (FirstBits - 1)];

    /// <summary>Values, the open one included.</summary>
    public int Count { get; private set; } = 1;

    /// <summary>The values one after another, as a dictionary page holds them.</summary>
    public ReadOnlySpan<byte> Page => MemoryMarshal.AsBytes(_values.AsSpan(0, Count));

    public void Clear()
    {
        Array.Clear(_slots);
        Count = 1;
    }

    /// <summary>The value's number. Values are equal whose bits are.</summary>
    public int Add(T value)
    {
        var key = Unsafe.SizeOf<T>() == sizeof(int) ? Unsafe.BitCast<T, int>(value) : Unsafe.BitCast<T, long>(value);
        for (var slot = Place(key); ; slot = (slot + 1) & (_slots.Length - 1))
        {
            var found = _slots[slot];
            if (found == 0) return Append(slot, key, value);
            if (_keys[found] == key) return found;
        }
    }

    /// <summary>Of a product the uppermost bits depend on all of the key's.</summary>
    int Place(long key) => (int)((ulong)key * 0x9E3779B97F4A7C15 >> _shift);

    int Append(int slot, long key, T value)
    {
        var number = Count++;
        _slots[slot] = number;
        _keys[number] = key;
        _values[number] = value;
        if (Count == _keys.Length) Grow();
        return number;
    }

    /// <summary>Half of the slots stay empty.</summary>
    void Grow()
    {
        Array.Resize(ref _keys, _keys.Length * 2);
        Array.Resize(ref _values, _values.Length * 2);
        _slots = new int[_slots.Length * 2];
        _shift--;
        for (var number = 1; number < Count; number++)
        {
            var slot = Place(_keys[number]);
            while (_slots[slot] != 0) slot = (slot + 1) & (_slots.Length - 1);
            _slots[slot] = number;
        }
    }
}
