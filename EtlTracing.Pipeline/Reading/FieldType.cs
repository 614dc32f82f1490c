namespace EtlTracing.Pipeline.Reading;

/// <summary>
/// How a column's fields are read that are no texts. A type argument, so that each has a loop of its own without a call in it; static members would keep the
/// loops from being compiled ahead.
/// </summary>
interface IFieldType<T>
{
    /// <summary>What a field breaks that is neither empty nor one of these.</summary>
    string Rule { get; }

    /// <param name="text">Has eight bytes behind it that may be looked at.</param>
    bool TryRead(ReadOnlySpan<byte> text, out T value);
}

readonly struct NumberField : IFieldType<double>
{
    public string Rule => "not a number";

    public bool TryRead(ReadOnlySpan<byte> text, out double value) => FieldText.TryNumber(text, padded: true, out value);
}

readonly struct IntegerField : IFieldType<long>
{
    public string Rule => "not a whole number";

    public bool TryRead(ReadOnlySpan<byte> text, out long value) => FieldText.TryInteger(text, padded: true, out value);
}

readonly struct SmallIntegerField : IFieldType<int>
{
    public string Rule => "not a whole number";

    public bool TryRead(ReadOnlySpan<byte> text, out int value) => FieldText.TrySmallInteger(text, out value);
}

readonly struct DateField : IFieldType<DateTime>
{
    public string Rule => "not a date";

    public bool TryRead(ReadOnlySpan<byte> text, out DateTime value) => FieldText.TryPaddedDate(text, out value);
}
