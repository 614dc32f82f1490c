using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace EtlTracing.Pipeline.Writing;

/// <summary>
/// Numbers the distinct values of a column of whole numbers in a narrow range, the smallest first, and lays them down as a dictionary page wants them.
/// Years, prices, counts and ranks are such, and dates when counted in days; a table by value takes a fraction of the time that compressing the plain
/// values does, and makes less of them.
/// </summary>
sealed class NumberDictionary<T>
    where T : unmanaged, IBinaryInteger<T>
{
    readonly PageBuffer _page = new();
    int[] _table = [];

    public int Count { get; private set; }

    public ReadOnlySpan<byte> Page => _page.Written;

    public void Clear()
    {
        _page.Clear();
        Count = 0;
    }

    /// <summary>Gives each value its number. False, and nothing done, where that would not save at least a quarter.</summary>
    /// <param name="values">At least one.</param>
    /// <param name="range">The smallest and the largest value.</param>
    /// <param name="unit">What all distances between values should be multiples of.</param>
    /// <param name="numbers">The values' places in the dictionary.</param>
    public bool TryNumber(ReadOnlySpan<T> values, (T Minimum, T Maximum) range, T unit, Span<int> numbers)
    {
        // A wider range than twice the values can hardly have few of them. The distance of two 64-bit numbers may take 65 bits.
        var distance = unchecked(range.Maximum - range.Minimum);
        if (T.IsNegative(distance) || distance / unit >= T.CreateSaturating(values.Length * 2L)) return false;
        var length = int.CreateChecked(distance / unit) + 1;
        if (_table.Length < length) _table = new int[length];
        var table = _table.AsSpan(0, length);
        table.Clear();
        if (!TryMark(values, range.Minimum, unit, table, numbers)) return false;

        var count = length - table.Count(0);
        var bytes = (long)count * Unsafe.SizeOf<T>() + (long)values.Length * BitPacking.Width(count) / 8;
        if (bytes * 4 > (long)values.Length * Unsafe.SizeOf<T>() * 3) return false;
        WritePage(range.Minimum, unit, table, count);
        foreach (ref var number in numbers) number = table[number];
        return true;
    }

    /// <summary>Marks in the table which values there are, and notes each value's place in it.</summary>
    static bool TryMark(ReadOnlySpan<T> values, T minimum, T unit, Span<int> table, Span<int> places)
    {
        if (unit == T.One)
        {
            for (var index = 0; index < values.Length; index++)
            {
                var place = int.CreateTruncating(values[index] - minimum);
                places[index] = place;
                table[place] = 1;
            }

            return true;
        }

        for (var index = 0; index < values.Length; index++)
        {
            var (place, rest) = T.DivRem(values[index] - minimum, unit);
            if (!T.IsZero(rest)) return false;
            places[index] = int.CreateTruncating(place);
            table[places[index]] = 1;
        }

        return true;
    }

    /// <summary>Writes the marked values down, and in the table puts their numbers over the marks.</summary>
    void WritePage(T minimum, T unit, Span<int> table, int count)
    {
        var page = MemoryMarshal.Cast<byte, T>(_page.Reserve(count * Unsafe.SizeOf<T>()));
        Count = 0;
        for (var place = 0; place < table.Length; place++)
        {
            if (table[place] == 0) continue;
            page[Count] = minimum + T.CreateTruncating(place) * unit;
            table[place] = Count++;
        }

        _page.Advance(count * Unsafe.SizeOf<T>());
    }
}
