using System.Buffers;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Text;
using EtlTracing.Pipeline.Batches;

namespace EtlTracing.Pipeline.Reading;

/// <summary>
/// Records found in a stretch of text, whatever its format. A record is a row of numbers, one a field and one more: a field starts one byte behind
/// the end of the one before it, so that a number is the end of one field and the start of the next.
/// </summary>
sealed class RecordBlock : IDisposable
{
    /// <summary>Bytes behind the text that vector loads may touch.</summary>
    public const int Padding = PaddedTexts.Slack;

    /// <summary>In no text that is UTF-8.</summary>
    const byte NoQuote = 0xFF;

    const int FewestRecords = 2048;

    int _capacity;
    int[] _origins = [];

    /// <param name="quoted">Fields may stand in quotation marks.</param>
    public RecordBlock(int fields, int capacity, bool quoted = true)
    {
        Quote = quoted ? (byte)'"' : NoQuote;
        Fields = fields;
        Bytes = ArrayPool<byte>.Shared.Rent(capacity + Padding);
        Raw = Bytes;
    }

    public int Fields { get; }

    /// <summary>What a field begins and ends with that is quoted.</summary>
    public byte Quote { get; }

    /// <summary>Numbers in a row of <see cref="Bounds"/>.</summary>
    public int Stride => Fields + 1;

    /// <summary>Where the fields are.</summary>
    public byte[] Bytes { get; set; }

    /// <summary>The text as it was read; the same array as <see cref="Bytes"/> where fields lie in it as they are.</summary>
    public byte[] Raw { get; set; }

    public int Records { get; set; }

    /// <summary>Room made for records at first: what has to grow is copied.</summary>
    public int ExpectedRecords { get; init; } = FewestRecords;

    /// <summary>Number of the first record in the whole input, from 0.</summary>
    public long FirstRecord { get; set; }

    /// <summary>A row per record: where its first field starts in <see cref="Bytes"/>, and for each field the position behind the byte that ends it.</summary>
    public int[] Bounds { get; private set; } = [];

    /// <summary>Per record where it comes from.</summary>
    public Span<Origin> Origins => MemoryMarshal.Cast<int, Origin>(_origins.AsSpan());

    public long FirstLine { get; set; }

    /// <summary>Records that break the format, with the rule that they break.</summary>
    public List<(int Record, string Rule)> Flaws { get; } = [];

    /// <summary>Makes room for more records.</summary>
    public void Reserve(int records = 1)
    {
        if (Records + records > _capacity) Grow(Math.Max(Math.Max(ExpectedRecords, _capacity * 2), Records + records));
    }

    /// <summary>Adds the record whose bounds are in the next row.</summary>
    public void Add(Origin origin, int fields, string? flaw = null)
    {
        if (fields != Fields) flaw ??= CsvTokenizer.WrongFieldCount;
        if (flaw is not null) Flaws.Add((Records, flaw));
        Origins[Records++] = origin;
    }

    public RejectedRow Describe(int record)
    {
        var origin = Origins[record];
        return new RejectedRow(FirstLine + origin.Line, "", Encoding.UTF8.GetString(Raw, origin.Start, origin.End - origin.Start));
    }

    public void Dispose()
    {
        ArrayPool<byte>.Shared.Return(Bytes);
        if (Raw != Bytes) ArrayPool<byte>.Shared.Return(Raw);
        if (_capacity == 0) return;
        ArrayPool<int>.Shared.Return(Bounds);
        ArrayPool<int>.Shared.Return(_origins);
    }

    void Grow(int records)
    {
        Bounds = Grow(Bounds, records * Stride + CsvIndexer.Slack);
        _origins = Grow(_origins, records * (Unsafe.SizeOf<Origin>() / sizeof(int)));
        _capacity = records;
    }

    static int[] Grow(int[] array, int length)
    {
        var larger = ArrayPool<int>.Shared.Rent(length);
        array.CopyTo(larger, 0);
        if (array.Length > 0) ArrayPool<int>.Shared.Return(array);
        return larger;
    }
}

/// <summary>A record's text in <see cref="RecordBlock.Raw"/>, and the line on which it starts, less the block's first line.</summary>
readonly record struct Origin(int Start, int End, int Line);
