using System.Runtime.InteropServices;
using EtlTracing.Pipeline.Batches;

namespace EtlTracing.Pipeline.Writing;

/// <summary>Numbers the values of a column some rows of which wait for theirs (<see cref="Batch.Defer"/>): those rows get 0, the dictionary's open entry.</summary>
sealed class OpenColumn
{
    readonly OpenDictionary<int> _integers = new();
    readonly OpenDictionary<long> _longs = new();
    readonly OpenDictionary<double> _doubles = new();
    ColumnType _type;

    public int Count => _type switch { ColumnType.SmallInteger => _integers.Count, ColumnType.Number => _doubles.Count, _ => _longs.Count };

    /// <summary>The dictionary as a page holds it, with zeroes in the open entry.</summary>
    public ReadOnlySpan<byte> Page => _type switch { ColumnType.SmallInteger => _integers.Page, ColumnType.Number => _doubles.Page, _ => _longs.Page };

    /// <summary>The entries that are not open.</summary>
    public ReadOnlySpan<T> Known<T>()
        where T : unmanaged => MemoryMarshal.Cast<byte, T>(Page)[1..];

    /// <summary>Gives each of the rows its number.</summary>
    public void Number(Batch batch, Column column, ReadOnlySpan<int> rows, Span<int> numbers)
    {
        _type = column.Type;
        var waiting = batch.Deferred(column.Name);
        switch (column.Type)
        {
            case ColumnType.SmallInteger: Number(_integers, batch.Values<int>(column.Name).Items, waiting, rows, numbers); break;
            case ColumnType.Number: Number(_doubles, batch.Values<double>(column.Name).Items, waiting, rows, numbers); break;
            case ColumnType.Integer: Number(_longs, batch.Values<long>(column.Name).Items, waiting, rows, numbers); break;
            case ColumnType.Date: NumberDates(batch.Values<DateTime>(column.Name).Items, waiting, rows, numbers); break;
            default: throw new NotSupportedException($"texts of '{column.Name}' cannot come late");
        }
    }

    static void Number<T>(OpenDictionary<T> dictionary, ReadOnlySpan<T> values, ReadOnlySpan<byte> waiting, ReadOnlySpan<int> rows, Span<int> numbers)
        where T : unmanaged
    {
        dictionary.Clear();
        for (var index = 0; index < rows.Length; index++)
            numbers[index] = Bits.Get(waiting, rows[index]) ? 0 : dictionary.Add(values[rows[index]]);
    }

    void NumberDates(ReadOnlySpan<DateTime> values, ReadOnlySpan<byte> waiting, ReadOnlySpan<int> rows, Span<int> numbers)
    {
        _longs.Clear();
        for (var index = 0; index < rows.Length; index++)
            numbers[index] = Bits.Get(waiting, rows[index]) ? 0 : _longs.Add(PlainValue.Microseconds(values[rows[index]]));
    }
}
