using System.Runtime.InteropServices;

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

    /// <summary>The rows by the pair of their numbers here and there, with the texts of here; a row that lacks one of the two has none.</summary>
    public TextNumbers And(TextNumbers other, Batch batch)
    {
        batch.Rent<int>(out var numbers);
        var firstRows = new List<int>();

        // One more than the pair's number; where few pairs are possible they have a place each.
        var places = (long)Count * other.Count <= batch.Rows * 4L ? new int[Count * other.Count] : [];
        var pairs = new Dictionary<long, int>();
        for (var row = 0; row < numbers.Length; row++)
        {
            numbers[row] = -1;
            if (_numbers[row] < 0 || other[row] < 0) continue;
            var pair = (long)_numbers[row] * other.Count + other[row];
            ref var number = ref places.Length > 0 ? ref places[pair] : ref CollectionsMarshal.GetValueRefOrAddDefault(pairs, pair, out _);
            if (number == 0)
            {
                firstRows.Add(row);
                number = firstRows.Count;
            }

            numbers[row] = number - 1;
        }

        return new TextNumbers(numbers, firstRows.ToArray(), _texts);
    }
}
