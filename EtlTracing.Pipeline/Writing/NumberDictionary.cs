using System.Buffers.Binary;

namespace EtlTracing.Pipeline.Writing;

/// <summary>
/// Numbers the distinct values of a column of whole numbers in a narrow range, the smallest first, and lays them down as a dictionary page wants them.
/// Years, prices, counts and ranks are such, and dates when counted in days; a table by value takes a fraction of the time that compressing the plain
/// values does, and makes less of them.
/// </summary>
sealed class NumberDictionary
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
    /// <param name="width">Bytes of a stored value: 4 or 8.</param>
    /// <param name="numbers">The values' places in the dictionary.</param>
    public bool TryNumber(ReadOnlySpan<long> values, (long Minimum, long Maximum) range, long unit, int width, Span<int> numbers)
    {
        // A wider range than twice the values can hardly have few of them. The distance of two 64-bit numbers may take 65 bits.
        var distance = unchecked(range.Maximum - range.Minimum);
        if (distance < 0 || distance / unit >= values.Length * 2L) return false;
        var length = (int)(distance / unit) + 1;
        if (_table.Length < length) _table = new int[length];
        var table = _table.AsSpan(0, length);
        table.Clear();
        if (!TryMark(values, range.Minimum, unit, table, numbers)) return false;

        var count = length - table.Count(0);
        var bytes = (long)count * width + (long)values.Length * BitPacking.Width(count) / 8;
        if (bytes * 4 > (long)values.Length * width * 3) return false;
        WritePage(range.Minimum, unit, width, table);
        foreach (ref var number in numbers) number = table[number];
        return true;
    }

    /// <summary>Marks in the table which values there are, and notes each value's place in it.</summary>
    static bool TryMark(ReadOnlySpan<long> values, long minimum, long unit, Span<int> table, Span<int> places)
    {
        if (unit == 1)
        {
            for (var index = 0; index < values.Length; index++)
            {
                var place = (int)(values[index] - minimum);
                places[index] = place;
                table[place] = 1;
            }

            return true;
        }

        for (var index = 0; index < values.Length; index++)
        {
            var (place, rest) = Math.DivRem(values[index] - minimum, unit);
            if (rest != 0) return false;
            places[index] = (int)place;
            table[(int)place] = 1;
        }

        return true;
    }

    /// <summary>Writes the marked values down, and in the table puts their numbers over the marks.</summary>
    void WritePage(long minimum, long unit, int width, Span<int> table)
    {
        Count = 0;
        for (var place = 0; place < table.Length; place++)
        {
            if (table[place] == 0) continue;
            var value = minimum + place * unit;
            var room = _page.Reserve(width);
            if (width == sizeof(int)) BinaryPrimitives.WriteInt32LittleEndian(room, (int)value);
            else BinaryPrimitives.WriteInt64LittleEndian(room, value);
            _page.Advance(width);
            table[place] = Count++;
        }
    }
}
