namespace EtlTracing.Pipeline.Batches;

/// <summary>A column of 32-bit or 64-bit integers, read as 64-bit ones.</summary>
public readonly ref struct WholeNumbers
{
    readonly ReadOnlySpan<int> _small;
    readonly ReadOnlySpan<long> _large;
    readonly ReadOnlySpan<byte> _valid;
    readonly bool _isSmall;

    public WholeNumbers(Batch batch, string name)
    {
        _isSmall = batch.Frame.Columns[name].DataType == typeof(int);
        if (_isSmall) (_small, _valid) = batch.Values<int>(name);
        else (_large, _valid) = batch.Values<long>(name);
    }

    public int Length => _isSmall ? _small.Length : _large.Length;

    public long this[int row] => _isSmall ? _small[row] : _large[row];

    public bool IsNull(int row) => !Bits.Get(_valid, row);
}
