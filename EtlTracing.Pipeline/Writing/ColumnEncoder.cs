using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using EtlTracing.Pipeline.Batches;

namespace EtlTracing.Pipeline.Writing;

/// <summary>
/// Lays a column's values down as one data page, and before it a dictionary page where values repeat. Frames hold UTF-8, which is what Parquet
/// stores: through Parquet.Net it would be made UTF-16 and back, which measured three times as long.
/// </summary>
sealed class ColumnEncoder
{
    /// <summary>Texts looked at before it is decided whether a dictionary is worth it.</summary>
    const int Sample = 2048;

    /// <summary>Texts that suffice to tell when nearly none of them repeats.</summary>
    const int SmallSample = 256;

    const long MicrosecondsPerDay = 86_400_000_000;

    readonly PageBuffer _values = new();
    readonly PageBuffer _levels = new();
    readonly TextDictionary _texts = new();
    readonly NumberDictionary _wholeNumbers = new();
    readonly OpenColumn _open = new();
    int[] _rows = [];
    int[] _kept = [];
    int _keptCount;
    int[] _numbers = [];
    long[] _integers = [];

    /// <summary>The values as a page holds them: plain, or their numbers in the dictionary.</summary>
    public ReadOnlySpan<byte> Values => _values.Written;

    /// <summary>Which rows have a value; empty where all must.</summary>
    public ReadOnlySpan<byte> Levels => _levels.Written;

    /// <summary>The dictionary's page; empty where there is none.</summary>
    public ReadOnlySpan<byte> Dictionary =>
        IsOpen ? _open.Page : _texts.Count > 0 ? _texts.Page : _wholeNumbers.Page;

    public int DictionaryCount => IsOpen ? _open.Count : _texts.Count + _wholeNumbers.Count;

    /// <summary>The dictionary is of texts, which shrink whatever their numbers do.</summary>
    public bool HasTexts => !IsOpen && _texts.Count > 0;

    /// <summary>The dictionary's first entry is a value that is not known yet.</summary>
    public bool IsOpen { get; private set; }

    /// <summary>The values follow each other at equal distances, and are stored as that.</summary>
    public bool IsProgression { get; private set; }

    public int Nulls { get; private set; }

    public byte[]? Minimum { get; private set; }

    public byte[]? Maximum { get; private set; }

    /// <summary>Goes to another batch.</summary>
    public void Begin(Batch batch)
    {
        if (_kept.Length < batch.Rows) (_kept, _rows, _numbers, _integers) = (new int[batch.Rows], new int[batch.Rows], new int[batch.Rows], new long[batch.Rows]);
        var kept = batch.Kept;
        _keptCount = 0;
        for (var row = 0; row < kept.Length; row++)
        {
            _kept[_keptCount] = row;
            _keptCount += kept[row];
        }
    }

    public void Encode(Batch batch, Column column)
    {
        _values.Clear();
        _levels.Clear();
        _texts.Clear();
        _wholeNumbers.Clear();
        Minimum = Maximum = null;
        IsProgression = false;
        var rows = Rows(batch, column);
        IsOpen = !batch.Deferred(column.Name).IsEmpty;
        if (IsOpen)
        {
            EncodeOpen(batch, column, rows);
            return;
        }

        switch (column.Type)
        {
            case ColumnType.Text: EncodeTexts(batch.Texts(column.Name), rows); break;
            case ColumnType.Number: EncodeNumbers(batch.Values<double>(column.Name), rows); break;
            case ColumnType.Integer: EncodeIntegers(batch.Values<long>(column.Name), rows); break;
            case ColumnType.SmallInteger: EncodeSmallIntegers(batch.Values<int>(column.Name), rows); break;
            default: EncodeDates(batch.Values<DateTime>(column.Name), rows); break;
        }
    }

    /// <summary>The rows to write, and for a column that may lack values the levels that say which do.</summary>
    ReadOnlySpan<int> Rows(Batch batch, Column column)
    {
        Nulls = 0;
        var kept = _kept.AsSpan(0, _keptCount);
        if (!column.Nullable) return kept;
        var valid = batch.Valid(column.Name);
        var count = 0;
        for (var index = 0; index < kept.Length; index++)
        {
            var there = Bits.Get(valid, kept[index]);
            _numbers[index] = there ? 1 : 0;
            if (there) _rows[count++] = kept[index];
        }

        Nulls = kept.Length - count;
        if (Nulls == 0) BitPacking.WriteRun(_levels, kept.Length, 1);
        else BitPacking.WritePacked(_levels, _numbers.AsSpan(0, kept.Length), 1);
        return _rows.AsSpan(0, count);
    }

    void EncodeOpen(Batch batch, Column column, ReadOnlySpan<int> rows)
    {
        var numbers = _numbers.AsSpan(0, rows.Length);
        _open.Number(batch, column, rows, numbers);
        WriteNumbers(numbers, _open.Count);
        switch (column.Type)
        {
            case ColumnType.Number: SetRange<double>(_open.Known<double>()); break;
            case ColumnType.Integer: SetRange<long>(_open.Known<long>()); break;
            case ColumnType.SmallInteger: SetRange<int>(_open.Known<int>()); break;
        }
    }

    void EncodeNumbers(Values<double> values, ReadOnlySpan<int> rows)
    {
        if (!rows.IsEmpty) SetRange(Collect(values, rows));
    }

    void EncodeIntegers(Values<long> values, ReadOnlySpan<int> rows)
    {
        if (rows.IsEmpty) return;
        var integers = Collect(values, rows);
        var range = Range(integers);
        SetRange(range.Minimum, range.Maximum);
        IsProgression = Progression.Is(integers);
        if (IsProgression) Progression.Write(_values, integers[0], integers[1] - integers[0], integers.Length);
        else EncodeWholeNumbers(integers, range, 1, sizeof(long));
    }

    void EncodeSmallIntegers(Values<int> values, ReadOnlySpan<int> rows)
    {
        if (rows.IsEmpty) return;
        var small = Collect(values, rows);
        var integers = _integers.AsSpan(0, rows.Length);
        for (var index = 0; index < small.Length; index++) integers[index] = small[index];
        var range = Range(integers);
        SetRange((int)range.Minimum, (int)range.Maximum);
        EncodeWholeNumbers(integers, range, 1, sizeof(int));
    }

    void EncodeWholeNumbers(ReadOnlySpan<long> values, (long Minimum, long Maximum) range, long unit, int width)
    {
        var numbers = _numbers.AsSpan(0, values.Length);
        if (_wholeNumbers.TryNumber(values, range, unit, width, numbers)) WriteNumbers(numbers, _wholeNumbers.Count);
    }

    void EncodeDates(Values<DateTime> dates, ReadOnlySpan<int> rows)
    {
        if (rows.IsEmpty) return;
        var times = MemoryMarshal.Cast<byte, long>(_values.Reserve(rows.Length * sizeof(long)))[..rows.Length];
        var items = dates.Items;
        for (var index = 0; index < rows.Length; index++) times[index] = PlainValue.Microseconds(items[rows[index]]);
        _values.Advance(rows.Length * sizeof(long));
        EncodeWholeNumbers(times, Range(times), MicrosecondsPerDay, sizeof(long));
    }

    /// <summary>Writes the rows' values plain, and gives them one after another.</summary>
    ReadOnlySpan<T> Collect<T>(Values<T> values, ReadOnlySpan<int> rows)
        where T : unmanaged
    {
        var room = MemoryMarshal.Cast<byte, T>(_values.Reserve(rows.Length * Unsafe.SizeOf<T>()))[..rows.Length];
        var items = values.Items;
        if (rows.Length == items.Length)
        {
            items.CopyTo(room);
        }
        else
        {
            for (var index = 0; index < rows.Length; index++) room[index] = items[rows[index]];
        }

        _values.Advance(rows.Length * Unsafe.SizeOf<T>());
        return room;
    }

    /// <summary>A vector at a time; the last one overlaps the one before it.</summary>
    static (long Minimum, long Maximum) Range(ReadOnlySpan<long> values)
    {
        long minimum = values[0], maximum = minimum;
        if (values.Length < Vector256<long>.Count)
        {
            foreach (var value in values) (minimum, maximum) = (Math.Min(minimum, value), Math.Max(maximum, value));
            return (minimum, maximum);
        }

        var (minima, maxima) = (Vector256.Create(minimum), Vector256.Create(maximum));
        for (var index = 0; index < values.Length; index += Vector256<long>.Count)
        {
            var some = Vector256.Create(values[Math.Min(index, values.Length - Vector256<long>.Count)..]);
            (minima, maxima) = (Vector256.Min(minima, some), Vector256.Max(maxima, some));
        }

        for (var lane = 0; lane < Vector256<long>.Count; lane++) (minimum, maximum) = (Math.Min(minimum, minima[lane]), Math.Max(maximum, maxima[lane]));
        return (minimum, maximum);
    }

    void SetRange<T>(ReadOnlySpan<T> values)
        where T : unmanaged, IComparable<T>
    {
        if (values.IsEmpty) return;
        T minimum = values[0], maximum = minimum;
        foreach (var value in values)
        {
            if (value.CompareTo(minimum) < 0) minimum = value;
            if (value.CompareTo(maximum) > 0) maximum = value;
        }

        SetRange(minimum, maximum);
    }

    void SetRange<T>(T minimum, T maximum)
        where T : unmanaged
    {
        Minimum = MemoryMarshal.AsBytes(new ReadOnlySpan<T>(in minimum)).ToArray();
        Maximum = MemoryMarshal.AsBytes(new ReadOnlySpan<T>(in maximum)).ToArray();
    }

    void EncodeTexts(Texts texts, ReadOnlySpan<int> rows)
    {
        // Spans of its own are what the loop holds in registers.
        var bytes = texts.Bytes;
        var offsets = texts.Offsets;
        var numbers = _numbers.AsSpan(0, rows.Length);
        var count = 0;
        for (; count < numbers.Length; count++)
        {
            // A dictionary that names most texts once costs more than it saves.
            if ((count == SmallSample && _texts.Count > SmallSample * 63 / 64) || (count == Sample && _texts.Count > Sample / 2)) break;
            var row = rows[count];
            var start = offsets[row];
            numbers[count] = _texts.Add(bytes, start, offsets[row + 1] - start);
        }

        if (count == rows.Length && _texts.Count <= rows.Length / 2 + 1)
        {
            WriteNumbers(numbers, _texts.Count);
            return;
        }

        _texts.Clear();
        foreach (var row in rows) _values.AppendText(texts[row]);
    }

    /// <summary>Writes places in a dictionary of so many entries, over the plain values if there are any.</summary>
    void WriteNumbers(ReadOnlySpan<int> numbers, int count)
    {
        var width = BitPacking.Width(count);
        _values.Clear();
        _values.Reserve(1)[0] = (byte)width;
        _values.Advance(1);
        if (count == 1) BitPacking.WriteRun(_values, numbers.Length, 0);
        else BitPacking.WritePacked(_values, numbers, width);
    }
}
