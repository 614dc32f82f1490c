namespace EtlTracing.Pipeline.Reading;

/// <summary>How a column's fields are read that are no texts. A type argument, so that each has a loop of its own without a call in it.</summary>
interface IFieldType<T>
{
    /// <summary>What a field breaks that is neither empty nor one of these.</summary>
    static abstract string Rule { get; }

    /// <param name="text">Has eight bytes behind it that may be looked at.</param>
    static abstract bool TryRead(ReadOnlySpan<byte> text, out T value);
}

readonly struct NumberField : IFieldType<double>
{
    public static string Rule => "not a number";

    public static bool TryRead(ReadOnlySpan<byte> text, out double value) => FieldText.TryNumber(text, padded: true, out value);
}

readonly struct IntegerField : IFieldType<long>
{
    public static string Rule => "not a whole number";

    public static bool TryRead(ReadOnlySpan<byte> text, out long value) => FieldText.TryInteger(text, padded: true, out value);
}

readonly struct SmallIntegerField : IFieldType<int>
{
    public static string Rule => "not a whole number";

    public static bool TryRead(ReadOnlySpan<byte> text, out int value) => FieldText.TrySmallInteger(text, out value);
}

readonly struct DateField : IFieldType<DateTime>
{
    public static string Rule => "not a date";

    public static bool TryRead(ReadOnlySpan<byte> text, out DateTime value) => FieldText.TryPaddedDate(text, out value);
}
