using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using EtlTracing.Pipeline.Batches;

namespace EtlTracing.Pipeline.Writing;

/// <summary>
/// Lays a column's values down as one data page, and before it a dictionary page where texts repeat. Frames hold UTF-8, which is what Parquet
/// stores: through Parquet.Net it would be made UTF-16 and back, which measured three times as long.
/// </summary>
sealed class ColumnEncoder
{
    /// <summary>Texts looked at before it is decided whether a dictionary is worth it.</summary>
    const int Sample = 2048;

    readonly PageBuffer _values = new();
    readonly PageBuffer _levels = new();
    readonly TextDictionary _dictionary = new();
    readonly OpenColumn _open = new();
    int[] _rows = [];
    int[] _kept = [];
    int _keptCount;
    int[] _numbers = [];

    /// <summary>The values as a page holds them: plain, or numbers of the dictionary's texts.</summary>
    public ReadOnlySpan<byte> Values => _values.Written;

    /// <summary>Which rows have a value; empty where all must.</summary>
    public ReadOnlySpan<byte> Levels => _levels.Written;

    /// <summary>The dictionary's page; empty where there is none.</summary>
    public ReadOnlySpan<byte> Dictionary => IsOpen ? _open.Page : _dictionary.Page;

    public int DictionaryCount => IsOpen ? _open.Count : _dictionary.Count;

    /// <summary>The dictionary's first entry is a value that is not known yet.</summary>
    public bool IsOpen { get; private set; }

    public int Nulls { get; private set; }

    public byte[]? Minimum { get; private set; }

    public byte[]? Maximum { get; private set; }

    /// <summary>Goes to another batch.</summary>
    public void Begin(Batch batch)
    {
        if (_kept.Length < batch.Rows) (_kept, _rows, _numbers) = (new int[batch.Rows], new int[batch.Rows], new int[batch.Rows]);
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
        _dictionary.Clear();
        Minimum = Maximum = null;
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
            case ColumnType.Number: EncodeValues(batch.Values<double>(column.Name), rows); break;
            case ColumnType.Integer: EncodeValues(batch.Values<long>(column.Name), rows); break;
            case ColumnType.SmallInteger: EncodeValues(batch.Values<int>(column.Name), rows); break;
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
        _open.Number(batch, column, rows, _numbers);
        WriteNumbers(rows.Length, _open.Count);
        if (column.Type == ColumnType.SmallInteger) SetBounds(MemoryMarshal.Cast<byte, int>(_open.Page)[1..]);
        else if (column.Type == ColumnType.Number) SetBounds(MemoryMarshal.Cast<byte, double>(_open.Page)[1..]);
        else if (column.Type == ColumnType.Integer) SetBounds(MemoryMarshal.Cast<byte, long>(_open.Page)[1..]);
    }

    void EncodeValues<T>(Values<T> values, ReadOnlySpan<int> rows)
        where T : unmanaged, IComparable<T>
    {
        if (rows.IsEmpty) return;
        var room = MemoryMarshal.Cast<byte, T>(_values.Reserve(rows.Length * Unsafe.SizeOf<T>()));
        var items = values.Items;
        if (rows.Length == items.Length)
        {
            items.CopyTo(room);
        }
        else
        {
            for (var index = 0; index < rows.Length; index++) room[index] = items[rows[index]];
        }

        SetBounds<T>(room[..rows.Length]);
        _values.Advance(rows.Length * Unsafe.SizeOf<T>());
    }

    void SetBounds<T>(ReadOnlySpan<T> values)
        where T : unmanaged, IComparable<T>
    {
        if (values.IsEmpty) return;
        T minimum = values[0], maximum = minimum;
        foreach (var value in values)
        {
            if (value.CompareTo(minimum) < 0) minimum = value;
            if (value.CompareTo(maximum) > 0) maximum = value;
        }

        Minimum = MemoryMarshal.AsBytes(new ReadOnlySpan<T>(in minimum)).ToArray();
        Maximum = MemoryMarshal.AsBytes(new ReadOnlySpan<T>(in maximum)).ToArray();
    }

    void EncodeDates(Values<DateTime> dates, ReadOnlySpan<int> rows)
    {
        var room = _values.Reserve(rows.Length * sizeof(long));
        var items = dates.Items;
        for (var index = 0; index < rows.Length; index++)
            BinaryPrimitives.WriteInt64LittleEndian(room[(index * sizeof(long))..], PlainValue.Microseconds(items[rows[index]]));
        _values.Advance(rows.Length * sizeof(long));
    }

    void EncodeTexts(Texts texts, ReadOnlySpan<int> rows)
    {
        var count = 0;
        for (; count < rows.Length; count++)
        {
            // A dictionary that names most texts once costs more than it saves.
            if (count == Sample && _dictionary.Count > Sample / 2) break;
            _numbers[count] = _dictionary.Add(texts[rows[count]]);
        }

        if (count == rows.Length && _dictionary.Count <= rows.Length / 2 + 1)
        {
            WriteNumbers(rows.Length, _dictionary.Count);
            return;
        }

        _dictionary.Clear();
        foreach (var row in rows)
        {
            var text = texts[row];
            var room = _values.Reserve(sizeof(int) + text.Length);
            BinaryPrimitives.WriteInt32LittleEndian(room, text.Length);
            text.CopyTo(room[sizeof(int)..]);
            _values.Advance(sizeof(int) + text.Length);
        }
    }

    /// <summary>The values as their places in a dictionary.</summary>
    void WriteNumbers(int rows, int entries)
    {
        var width = BitPacking.Width(entries);
        _values.Reserve(1)[0] = (byte)width;
        _values.Advance(1);
        if (entries == 1) BitPacking.WriteRun(_values, rows, 0);
        else BitPacking.WritePacked(_values, _numbers.AsSpan(0, rows), width);
    }
}
