using System.Buffers;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using EtlTracing.Pipeline.Writing;
using Microsoft.Data.Analysis;

namespace EtlTracing.Pipeline.Batches;

/// <summary>
/// Some rows as a data frame, with a mark on each row that says whether it is still in. Rows leave by their mark alone; the frame is made
/// dense once, when it is written. A column is never changed in place: a step puts a new one over the old.
/// </summary>
/// <remarks>The columns lie in pooled memory that goes back when the batch is disposed, so a frame must not outlive its batch.</remarks>
public sealed class Batch : IDisposable
{
    readonly List<byte[]> _rented = [];
    readonly Dictionary<string, byte[]> _deferred = [];
    readonly Dictionary<object, (byte[] Numbers, int[] FirstRows)> _numbered = new(ReferenceEqualityComparer.Instance);
    readonly Func<int, RejectedRow>? _describe;
    readonly byte[] _kept;

    /// <param name="firstRow">Number of the batch's first row in the whole input, from 0.</param>
    /// <param name="rows">Rows in the frame, dropped ones included.</param>
    /// <param name="describe">Gives line number and raw text of a row that a step rejects; null where there is no text.</param>
    public Batch(long firstRow, int rows, Func<int, RejectedRow>? describe = null)
    {
        FirstRow = firstRow;
        Rows = rows;
        Live = rows;
        _describe = describe;
        _kept = Rent(rows);
        _kept.AsSpan(0, rows).Fill(1);
    }

    public DataFrame Frame { get; private set; } = new();

    public long FirstRow { get; }

    public int Rows { get; }

    /// <summary>Rows that are still in.</summary>
    public int Live { get; private set; }

    /// <summary>What readers and steps rejected, in the order of the rows' lines once sorted.</summary>
    public List<RejectedRow> Rejects { get; } = [];

    /// <summary>1 for each row that is still in, else 0.</summary>
    public ReadOnlySpan<byte> Kept => _kept.AsSpan(0, Rows);

    public bool Has(string column) => Frame.Columns.IndexOf(column) >= 0;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool IsIn(int row) => _kept[row] != 0;

    public void Drop(int row)
    {
        if (_kept[row] == 0) return;
        _kept[row] = 0;
        Live--;
    }

    /// <summary>Drops the row and reports it with its line and text.</summary>
    public void Reject(int row, string rule)
    {
        Drop(row);
        Rejects.Add((_describe?.Invoke(row) ?? new RejectedRow(FirstRow + row + 1, "", "")) with { Rule = rule });
    }

    public Values<T> Values<T>(string name)
        where T : unmanaged
    {
        var column = (PrimitiveDataFrameColumn<T>)Frame.Columns[name];
        return new Values<T>(First(column.GetReadOnlyDataBuffers()).Span[..Rows], First(column.GetReadOnlyNullBitMapBuffers()).Span);
    }

    public Texts Texts(string name)
    {
        var column = (ArrowStringDataFrameColumn)Frame.Columns[name];
        return new Texts(
            First(column.GetReadOnlyDataBuffers()).Span,
            First(column.GetReadOnlyOffsetsBuffers()).Span[..(Rows + 1)],
            First(column.GetReadOnlyNullBitMapBuffers()).Span);
    }

    /// <summary>The column's rows by the numbers that its stored form has for its texts, or else by new ones.</summary>
    public TextNumbers NumberTexts(string name)
    {
        var texts = Texts(name);
        if (!_numbered.TryGetValue(Frame.Columns[name], out var known)) known = Number(name, texts);
        return new TextNumbers(MemoryMarshal.Cast<byte, int>(known.Numbers)[..Rows], known.FirstRows, texts);
    }

    /// <summary>The rows as if they all had the empty text.</summary>
    public TextNumbers NumberAlike()
    {
        Rent<int>(out var numbers);
        numbers.Clear();
        return new TextNumbers(numbers, new int[1], default);
    }

    /// <summary>Any column's validity bits.</summary>
    public ReadOnlySpan<byte> Valid(string name) => Frame.Columns[name] switch
    {
        ArrowStringDataFrameColumn texts => First(texts.GetReadOnlyNullBitMapBuffers()).Span,
        PrimitiveDataFrameColumn<double> numbers => First(numbers.GetReadOnlyNullBitMapBuffers()).Span,
        PrimitiveDataFrameColumn<long> integers => First(integers.GetReadOnlyNullBitMapBuffers()).Span,
        PrimitiveDataFrameColumn<int> integers => First(integers.GetReadOnlyNullBitMapBuffers()).Span,
        PrimitiveDataFrameColumn<DateTime> dates => First(dates.GetReadOnlyNullBitMapBuffers()).Span,
        var other => throw new NotSupportedException($"column '{name}' is a {other.GetType().Name}"),
    };

    /// <summary>Pooled memory that lives as long as the batch: what new columns are made of.</summary>
    public byte[] Rent(int bytes)
    {
        // Arrow's bitmaps and our vector loops read a little past the end.
        var memory = ArrayPool<byte>.Shared.Rent(bytes + 8);
        _rented.Add(memory);
        return memory;
    }

    /// <summary>Validity bits for the batch's rows, all set.</summary>
    public byte[] RentValid()
    {
        var valid = Rent(Bits.Bytes(Rows));
        valid.AsSpan(0, Bits.Bytes(Rows)).Fill(0xFF);
        return valid;
    }

    /// <summary>Bits for the batch's rows, none set.</summary>
    public byte[] RentBits()
    {
        var bits = Rent(Bits.Bytes(Rows));
        bits.AsSpan(0, Bits.Bytes(Rows)).Clear();
        return bits;
    }

    /// <summary>Memory for a fixed-width column, and how to see it as values.</summary>
    public byte[] Rent<T>(out Span<T> values)
        where T : unmanaged
    {
        var memory = Rent(Rows * Unsafe.SizeOf<T>());
        values = MemoryMarshal.Cast<byte, T>(memory.AsSpan())[..Rows];
        return memory;
    }

    /// <summary>Puts a fixed-width column in, over the one of that name or as the last.</summary>
    public void Set<T>(string name, byte[] values, byte[] valid)
        where T : unmanaged
    {
        Put(new PrimitiveDataFrameColumn<T>(
            name, values.AsMemory(0, Rows * Unsafe.SizeOf<T>()), valid.AsMemory(0, Bits.Bytes(Rows)), Rows, Bits.CountNulls(valid, Rows)));
    }

    /// <summary>Puts a text column in, over the one of that name or as the last.</summary>
    /// <param name="name">The column's name.</param>
    /// <param name="bytes">The values' UTF-8, one after another.</param>
    /// <param name="offsets">32-bit offsets into them, one more than rows.</param>
    /// <param name="valid">Validity bits.</param>
    public void SetTexts(string name, byte[] bytes, byte[] offsets, byte[] valid)
    {
        var length = MemoryMarshal.Cast<byte, int>(offsets)[Rows];
        Put(new ArrowStringDataFrameColumn(
            name, bytes.AsMemory(0, length), offsets.AsMemory(0, (Rows + 1) * sizeof(int)), valid.AsMemory(0, Bits.Bytes(Rows)), Rows, Bits.CountNulls(valid, Rows)));
    }

    /// <summary>Puts a column in whose values are zeroes or empty texts, where they are valid.</summary>
    internal void SetZero(string name, ColumnType type, byte[] valid)
    {
        const int LongestValue = 8;
        var memory = Rent((Rows + 1) * LongestValue);
        memory.AsSpan(0, (Rows + 1) * LongestValue).Clear();
        switch (type)
        {
            case ColumnType.Text: SetTexts(name, memory, memory, valid); break;
            case ColumnType.Number: Set<double>(name, memory, valid); break;
            case ColumnType.Integer: Set<long>(name, memory, valid); break;
            case ColumnType.SmallInteger: Set<int>(name, memory, valid); break;
            default: Set<DateTime>(name, memory, valid); break;
        }
    }

    /// <summary>
    /// Marks rows whose value in a column is not known before the whole input was seen, and is the same for all of them. They count as having one; what
    /// stands there means nothing.
    /// </summary>
    /// <param name="column">The column's name.</param>
    /// <param name="rows">A bit a row as in validity, 1 = marked.</param>
    public void Defer(string column, byte[] rows) => _deferred[column] = rows;

    /// <summary>Notes numbers for a text column, less than <paramref name="count"/>; rows of equal numbers have equal texts, a null has -1.</summary>
    public void SetNumbers(string name, byte[] numbers, int count)
    {
        var firstRows = new int[count];
        var items = MemoryMarshal.Cast<byte, int>(numbers);
        for (var row = Rows - 1; row >= 0; row--)
            if (items[row] >= 0) firstRows[items[row]] = row;
        _numbered[Frame.Columns[name]] = (numbers, firstRows);
    }

    /// <summary>The marks of <see cref="Defer"/>; empty where no row of the column waits.</summary>
    public ReadOnlySpan<byte> Deferred(string column) => _deferred.TryGetValue(column, out var rows) ? rows.AsSpan(0, Bits.Bytes(Rows)) : default;

    public void Rename(string from, string to)
    {
        Frame.Columns.RenameColumn(from, to);
        if (_deferred.Remove(from, out var rows)) _deferred[to] = rows;
    }

    public void Remove(string name)
    {
        Frame.Columns.Remove(name);
        _deferred.Remove(name);
    }

    public void Dispose()
    {
        foreach (var memory in _rented) ArrayPool<byte>.Shared.Return(memory);
        _rented.Clear();
        _numbered.Clear();
        Frame = new DataFrame();
    }

    (byte[] Numbers, int[] FirstRows) Number(string name, Texts texts)
    {
        var distinct = new TextDictionary();
        var memory = Rent<int>(out var numbers);
        var offsets = texts.Offsets;
        for (var row = 0; row < numbers.Length; row++) numbers[row] = texts.IsNull(row) ? -1 : distinct.Add(texts.Bytes, offsets[row], offsets[row + 1] - offsets[row]);
        SetNumbers(name, memory, distinct.Count);
        return _numbered[Frame.Columns[name]];
    }

    void Put(DataFrameColumn column)
    {
        var index = Frame.Columns.IndexOf(column.Name);
        if (index < 0) Frame.Columns.Add(column);
        else Frame.Columns[index] = column;
    }

    static ReadOnlyMemory<T> First<T>(IEnumerable<ReadOnlyMemory<T>> buffers)
    {
        foreach (var buffer in buffers) return buffer;
        return default;
    }
}

/// <summary>A row that is not passed on: where it stood, why, and what it looked like.</summary>
public sealed record RejectedRow(long Line, string Rule, string Text);
