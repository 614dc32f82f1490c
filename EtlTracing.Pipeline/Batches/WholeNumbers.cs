namespace EtlTracing.Pipeline.Batches;

/// <summary>A column of 32-bit or 64-bit integers, read as 64-bit ones: small ones are widened once, which takes less than asking at each row.</summary>
public readonly ref struct WholeNumbers
{
    readonly ReadOnlySpan<long> _items;

    public WholeNumbers(Batch batch, string name)
    {
        if (batch.Frame.Columns[name].DataType == typeof(int))
        {
            var (small, valid) = batch.Values<int>(name);
            batch.Rent<long>(out var items);
            for (var row = 0; row < small.Length; row++) items[row] = small[row];
            _items = items;
            Valid = valid;
        }
        else
        {
            (_items, Valid) = batch.Values<long>(name);
        }
    }

    public ReadOnlySpan<byte> Valid { get; }

    public int Length => _items.Length;

    public long this[int row] => _items[row];

    public bool IsNull(int row) => !Bits.Get(Valid, row);
}
