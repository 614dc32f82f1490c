namespace EtlTracing.Pipeline.Batches;

/// <summary>
/// A text column's rows by number, so that what belongs to a text is looked up once a batch and found again by an index. Rows of the same number have
/// the same text; a row without text has none, which is -1.
/// </summary>
public readonly ref struct TextNumbers(ReadOnlySpan<int> numbers, ReadOnlySpan<int> firstRows, Texts texts)
{
    readonly ReadOnlySpan<int> _numbers = numbers;
    readonly ReadOnlySpan<int> _firstRows = firstRows;
    readonly Texts _texts = texts;

    /// <summary>All numbers are less.</summary>
    public int Count => _firstRows.Length;

    public int this[int row] => _numbers[row];

    /// <summary>The text of a number that some row has.</summary>
    public ReadOnlySpan<byte> Text(int number) => _texts.Bytes.IsEmpty ? default : _texts[_firstRows[number]];
}
